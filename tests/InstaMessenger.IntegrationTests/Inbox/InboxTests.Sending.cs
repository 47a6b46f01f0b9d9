using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Tests.Shared;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>What becomes of a message that is not simply sent, and of files.</summary>
public sealed partial class InboxTests
{
    /// <summary>Instagram refuses without a reason that can be read: nobody got it, and it may go again.</summary>
    private static readonly Fault Refusal = new() { Status = 400 };

    [Fact]
    public async Task What_was_not_sent_says_why_and_what_may_have_arrived_goes_again_by_no_single_press()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);

        Shop.Meta.SendFaults.Next(Refusal, account: Shop.InstagramId);
        await SendAsync("the refused");
        await Expect(inbox.Message("the refused")).ToContainTextAsync("Not sent: Meta refused");
        await Expect(inbox.Row(mara.Username)).ToContainTextAsync("Not sent: the refused");
        await inbox.Message("the refused").GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(inbox.Message("the refused").GetByText("sent", new() { Exact = true })).ToBeVisibleAsync();

        Shop.Meta.SendFaults.Next(Fault.Error(10, 2018278), account: Shop.InstagramId);
        await SendAsync("for good");
        await Expect(inbox.Message("for good")).ToContainTextAsync("Not sent:");
        await Expect(inbox.Message("for good").GetByRole(AriaRole.Button, new() { Name = "Retry" })).ToHaveCountAsync(0);

        Shop.Meta.SendFaults.Next(Fault.ServerError(accepted: false), account: Shop.InstagramId);
        await SendAsync("the unclear");
        await Expect(inbox.Message("the unclear")).ToContainTextAsync("did not say whether it arrived");
        await Expect(inbox.Message("the unclear").GetByRole(AriaRole.Button, new() { Name = "Retry" })).ToHaveCountAsync(0);
        await inbox.Message("the unclear").GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await Expect(inbox.Message("the unclear")).ToContainTextAsync("may get it twice");
        Heard(mara).ShouldBe(["the refused"]);

        // The window has closed and no event has told it: the server refuses in words.
        await InboxSeed.AgeAsync(_product, await IdOfAsync(mara), TimeSpan.FromDays(8));
        await SendAsync("too late");
        await Expect(inbox.Message("too late")).ToContainTextAsync("Not sent:");
        await Expect(inbox.Message("too late")).ToContainTextAsync("window");
        await Expect(inbox.Message("too late").GetByRole(AriaRole.Button, new() { Name = "Discard" })).ToBeVisibleAsync();
        Heard(mara).ShouldBe(["the refused"]);
        inbox.ShouldBeClean();

        async Task SendAsync(string text)
        {
            await inbox.Field.FillAsync(text);
            await inbox.Field.PressAsync("Enter");
        }
    }

    [Fact]
    public async Task Of_four_pasted_pictures_each_is_seen_and_goes_by_itself_and_what_cannot_go_says_why()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.Page.EvaluateAsync(
            """
            () => {
              window.held = new Set()
              const { createObjectURL: make, revokeObjectURL: drop } = URL
              URL.createObjectURL = (of) => { const it = make.call(URL, of); window.held.add(it); return it }
              URL.revokeObjectURL = (it) => { window.held.delete(it); drop.call(URL, it) }
            }
            """);
        await inbox.OpenThreadAsync(mara.Username);
        var cards = inbox.Page.GetByRole(AriaRole.List, new() { Name = "Files to be sent" });

        await PasteAsync(("image.png", "image/png", MediaSamples.Png(50, 40)));
        await Expect(cards.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        // Clipboards call every picture the same.
        await PasteAsync([.. Enumerable.Range(1, 3).Select(n => ("image.png", "image/png", MediaSamples.Png(60 + n, 40)))]);
        await Expect(cards.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(4);
        await Until.TrueAsync(async () => (await WidthsAsync(cards)) is [50, 61, 62, 63], Patience.Long, () => "a picture is not seen");

        await PasteAsync(("drawing.svg", "image/svg+xml", "<svg/>"u8.ToArray()), ("nothing.png", "image/png", []));
        await Expect(inbox.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync(
            ["drawing.svg is of a kind that Instagram does not take.", "nothing.png is empty."]);
        await PasteAsync(("film.mp4", "video/mp4", null));
        await Expect(inbox.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("film.mp4 is too large: 25 MB at most.");

        await inbox.Field.PressAsync("Enter");
        await Expect(inbox.Log.GetByRole(AriaRole.Article, new() { Name = "From us" })).ToHaveCountAsync(4);
        await Until.TrueAsync(
            () => Task.FromResult(mara.Messages.Count(message => !message.FromCustomer) == 4), Patience.Long, () => "a file is missing");
        // Each is shown from the server in the end, and the browser keeps none of the copies.
        await Until.TrueAsync(
            async () => (await WidthsAsync(inbox.Log)) is [50, 61, 62, 63], Patience.Long, () => "a picture is not shown");
        await Until.TrueAsync(
            async () => await inbox.Page.EvaluateAsync<int>("window.held.size") == 0, Patience.Long, () => "a copy is kept");

        // One whose bytes are something else is refused by the server, in its words.
        await PasteAsync(("text.png", "image/png", "no picture at all"u8.ToArray()));
        await inbox.Field.PressAsync("Enter");
        await Expect(inbox.Log.GetByRole(AriaRole.Article).Last).ToContainTextAsync("Not sent:");
        mara.Messages.Count(message => !message.FromCustomer).ShouldBe(4);

        Task PasteAsync(params (string Name, string Type, byte[]? Bytes)[] files) => inbox.Field.EvaluateAsync(
            """
            (field, files) => {
              const clipboard = new DataTransfer()
              for (const { name, type, bytes } of files) {
                const content = bytes === null ? new Uint8Array(30_000_000) : Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))
                clipboard.items.add(new File([content], name, { type }))
              }
              field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true }))
            }
            """,
            files.Select(file => new
            {
                name = file.Name, type = file.Type, bytes = file.Bytes is null ? null : Convert.ToBase64String(file.Bytes),
            }));
    }

    /// <summary>How wide the pictures are that are shown in there, in their own pixels.</summary>
    private static Task<int[]> WidthsAsync(ILocator within) =>
        within.EvaluateAsync<int[]>("(box) => [...box.querySelectorAll('img')].map((one) => one.naturalWidth)");
}
