using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>The live line: what a break leaves out, answers that are errors, and what several tabs do once.</summary>
public sealed partial class InboxTests
{
    [Fact]
    public async Task A_break_leaves_nothing_out_and_no_answer_of_the_server_ends_the_live_line()
    {
        var (mara, jo, ana) = (await WriterAsync("mara.", "Hello!"), await WriterAsync("jo.", "Hi!"), await WriterAsync("ana.", "Hey!"));
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.Page.AddInitScriptAsync(
            """
            {
              const ask = window.fetch
              let isCut = false
              window.fetch = (address, options) => {
                if (!String(address).includes('/events/stream')) return ask(address, options)
                if (isCut) return Promise.reject(new TypeError('The line is cut.'))
                const line = new AbortController()
                options.signal.addEventListener('abort', () => line.abort())
                window.cut = () => { isCut = true; line.abort() }
                return ask(address, { ...options, signal: line.signal })
              }
              window.mend = () => { isCut = false; dispatchEvent(new Event('online')) }
            }
            """);
        await inbox.Page.ReloadAsync();
        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Message("Hello!")).ToBeVisibleAsync();
        await mara.SayAsync("Anybody?");
        await Expect(inbox.Message("Anybody?")).ToBeVisibleAsync();

        await inbox.Page.EvaluateAsync("window.cut()");
        // A colleague answers one, the others write.
        (await Shop.SendAsync(mara, "answered by Ana")).Expect(200);
        await Shop.ReceivedAsync(await jo.SayAsync("while it was cut"));
        await Shop.ReceivedAsync(await ana.SayAsync("and me too"));
        await Expect(inbox.Message("answered by Ana")).ToHaveCountAsync(0);

        // What stands between answers errors for a while.
        var answers = new Queue<(int Status, string RetryAfter)>([(503, ""), (429, "1")]);
        await inbox.Context.RouteAsync("**/api/v1/events/stream", async route =>
        {
            if (answers.TryDequeue(out var answer))
            {
                var headers = answer.RetryAfter.Length > 0 ? new Dictionary<string, string> { ["Retry-After"] = answer.RetryAfter } : null;
                await route.FulfillAsync(new() { Status = answer.Status, Headers = headers, Body = "" });
            }
            else await route.ContinueAsync();
        });
        await inbox.Page.EvaluateAsync("window.mend()");

        await Expect(inbox.Message("answered by Ana")).ToHaveCountAsync(1);
        await Expect(inbox.Row(jo.Username)).ToContainTextAsync("while it was cut");
        await Expect(inbox.Row(ana.Username)).ToContainTextAsync("and me too");
        answers.ShouldBeEmpty();
        await mara.SayAsync("and on it goes");
        await Expect(inbox.Message("and on it goes")).ToHaveCountAsync(1);
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task Of_several_tabs_one_sounds_and_tells_for_customers_alone_and_a_sound_that_is_refused_is_said()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.Context.AddInitScriptAsync(
            """
            localStorage.setItem('im:settings', JSON.stringify({ sound: true, notices: true }))
            window.notes = 0
            window.told = []
            document.hasFocus = () => false
            window.Notification = class {
              static permission = 'granted'
              constructor(title, { body, tag }) { window.told.push([title, body, tag].join(' | ')) }
              close() {}
            }
            window.AudioContext = class {
              state = window.isQuiet === false ? 'running' : 'suspended'
              currentTime = 0
              resume() { if (window.isQuiet === false) this.state = 'running'; return Promise.resolve() }
              createOscillator() { return { frequency: {}, connect: (to) => to, start: () => window.notes++, stop() {} } }
              createGain() { return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to) => to } }
            }
            """);
        await inbox.Context.Clock.SetFixedTimeAsync(TimeProvider.System.GetUtcNow().UtcDateTime);
        await inbox.Page.ReloadAsync();
        await Expect(inbox.Row(mara.Username)).ToBeVisibleAsync();
        var other = await InboxPage.OpenAsync(inbox.Context, _product.Door);
        await other.Page.GotoAsync(List);
        await Expect(other.Row(mara.Username)).ToBeVisibleAsync();

        // Browsers play nothing until somebody has clicked.
        await mara.SayAsync("quietly");
        var enable = inbox.Page.GetByRole(AriaRole.Button, new() { Name = "Enable sound" });
        await Expect(enable).ToBeVisibleAsync();
        (await NotesAsync()).ShouldBe((0, 0));
        foreach (var tab in (InboxPage[])[inbox, other]) await tab.Page.EvaluateAsync("window.isQuiet = false");
        await enable.ClickAsync();
        await Expect(enable).ToBeHiddenAsync();
        (await NotesAsync()).ShouldBe((2, 0), "the click itself plays the two notes");

        // Our own, and what comes within three seconds of the last, sounds no more.
        (await Shop.SendAsync(mara, "ours")).Expect(200);
        await mara.SayAsync("too soon");
        foreach (var tab in (InboxPage[])[inbox, other]) await Expect(tab.Row(mara.Username)).ToContainTextAsync("too soon");
        (await NotesAsync()).ShouldBe((2, 0));
        await inbox.Context.Clock.SetFixedTimeAsync(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(10));
        await mara.SayAsync("aloud");
        foreach (var tab in (InboxPage[])[inbox, other]) await Expect(tab.Row(mara.Username)).ToContainTextAsync("aloud");
        await inbox.Page.WaitForFunctionAsync("window.notes === 4");
        (await NotesAsync()).ShouldBe((4, 0));

        // The desktop tells each message of the customer once, while nobody looks.
        var told = await inbox.Page.EvaluateAsync<string[]>("window.told");
        told.Select(one => one.Split(" | ")[1]).ShouldBe(["quietly", "too soon", "aloud"]);
        told.ShouldAllBe(one => one.StartsWith(mara.Username) && one.Contains(" | msg_"));
        (await other.Page.EvaluateAsync<int>("window.told.length")).ShouldBe(0);

        async Task<(int, int)> NotesAsync() =>
            (await inbox.Page.EvaluateAsync<int>("window.notes"), await other.Page.EvaluateAsync<int>("window.notes"));
    }
}
