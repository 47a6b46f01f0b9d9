using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Webhooks;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace InstaMessenger.IntegrationTests.Inbox;

/// <summary>Much of everything: a long thread, many conversations, many events, many tabs.</summary>
public sealed partial class InboxTests
{
    private const int ManyNodes = 3_000;

    [Fact]
    public async Task A_thread_of_10_000_messages_is_read_page_by_page_and_never_jumps_while_one_wheels_up()
    {
        var mara = await WriterAsync("mara.knits", "The first.");
        await InboxSeed.LengthenAsync(_product, await IdOfAsync(mara), 10_000);
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await Expect(inbox.Row(mara.Username)).ToContainTextAsync("Line 10000 ");
        var pages = Count(inbox, "/messages");

        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Message("Line 10000 ")).ToBeInViewportAsync();
        pages().ShouldBe(1);
        (await NodesAsync(inbox)).ShouldBeLessThan(ManyNodes);

        // The first line that is in view, frame by frame: it goes back by what the wheel turns, and by no leap. Looked at when the frame is
        // painted: before that, rows are moved to where their real heights put them.
        await inbox.Page.EvaluateAsync(
            """
            () => {
              window.lines = []
              const log = document.querySelector('[role=log]')
              const look = () => {
                const top = log.getBoundingClientRect().top
                const first = [...log.querySelectorAll('article')].find((one) => one.getBoundingClientRect().bottom > top + 1)
                const line = Number(/Line (\d+) /.exec(first?.textContent ?? '')?.[1])
                if (line) window.lines.push(line)
                requestAnimationFrame(() => painted.port2.postMessage(null))
              }
              const painted = new MessageChannel()
              painted.port1.onmessage = look
              look()
            }
            """);
        await inbox.Log.HoverAsync();
        for (var turn = 0; turn < 1_000 && pages() < 6; turn++)
        {
            await inbox.Page.Mouse.WheelAsync(0, -400);
            await inbox.Page.EvaluateAsync("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))");
        }

        pages().ShouldBeGreaterThanOrEqualTo(6);
        var lines = await inbox.Page.EvaluateAsync<int[]>("window.lines");
        lines.Length.ShouldBeGreaterThan(5);
        lines.Zip(lines.Skip(1)).Where(pair => pair.Second > pair.First + 1).ShouldBeEmpty("thrown back to what was read");
        lines.Zip(lines.Skip(1)).Where(pair => pair.First - pair.Second > 45).ShouldBeEmpty("lost the place");
        (await NodesAsync(inbox)).ShouldBeLessThan(ManyNodes);
        inbox.ShouldBeClean();
    }

    [Fact]
    public async Task Five_thousand_events_cost_no_request_and_no_memory()
    {
        var writers = new List<Customer>();
        for (var n = 0; n < 5; n++) writers.Add(await WriterAsync($"writer{n}.", "Hello!"));
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(writers[0].Username);
        await Expect(inbox.Message("Hello!")).ToBeVisibleAsync();
        var devTools = await inbox.Context.NewCDPSessionAsync(inbox.Page);
        await devTools.SendAsync("Performance.enable");

        // A morning's work: what is kept is there after that, and what is run often is compiled. In each four rounds the open thread grows
        // and is read anew, and the heap grows and shrinks with it: what stays is the least of four.
        foreach (var round in Enumerable.Range(0, 8)) await RoundAsync(round);
        var before = await LeastMemoryAsync(rounds: Enumerable.Range(8, 4));
        var asked = Count(inbox, "/api/", "/ui/");
        foreach (var round in Enumerable.Range(12, 6)) await RoundAsync(round);
        var after = await LeastMemoryAsync(rounds: Enumerable.Range(18, 4));

        // The counters, at most once in five seconds, and the open thread anew once it is long.
        asked().ShouldBeLessThanOrEqualTo(20);
        (await NodesAsync(inbox)).ShouldBeLessThan(ManyNodes);
        after.Heap.ShouldBeLessThan(before.Heap * 1.1, $"{before} before");
        after.Listeners.ShouldBeLessThanOrEqualTo(before.Listeners + 20, $"{before} before");

        async Task<(double Heap, double Listeners)> LeastMemoryAsync(IEnumerable<int> rounds)
        {
            var looks = new List<(double Heap, double Listeners)>();
            foreach (var round in rounds)
            {
                await RoundAsync(round);
                looks.Add(await MemoryAsync(devTools));
            }

            return looks.MinBy(look => look.Heap);
        }

        async Task RoundAsync(int round)
        {
            await BulkAsync(writers, 500, $"Round {round}");
            await Expect(inbox.Row(writers[4].Username)).ToContainTextAsync($"Round {round}, 499.");
            await Expect(inbox.Message($"Round {round}, 495.")).Not.ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Nine_tabs_read_one_stream_and_when_the_first_closes_the_others_go_on()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await Expect(inbox.Row(mara.Username)).ToBeVisibleAsync();
        var others = new List<InboxPage>();
        for (var n = 0; n < 8; n++)
        {
            var tab = await InboxPage.OpenAsync(inbox.Context, _product.Door);
            await tab.Page.GotoAsync(List);
            await Expect(tab.Row(mara.Username)).ToBeVisibleAsync();
            others.Add(tab);
        }

        await mara.SayAsync("to all");
        foreach (var tab in others.Prepend(inbox)) await Expect(tab.Row(mara.Username)).ToContainTextAsync("to all");
        (inbox.Streams + others.Sum(tab => tab.Streams)).ShouldBe(1);

        await inbox.Page.CloseAsync();
        await mara.SayAsync("to the others");
        foreach (var tab in others) await Expect(tab.Row(mara.Username)).ToContainTextAsync("to the others");
        others.Sum(tab => tab.Streams).ShouldBe(1);
    }

    [Fact]
    public async Task A_tab_that_was_frozen_shows_what_was_written_meanwhile()
    {
        var mara = await WriterAsync("mara.knits", "Hello!");
        await using var inbox = await _chromium.OpenAsync(_product, List);
        await inbox.OpenThreadAsync(mara.Username);
        await Expect(inbox.Message("Hello!")).ToBeVisibleAsync();
        var devTools = await inbox.Context.NewCDPSessionAsync(inbox.Page);

        await devTools.SendAsync("Page.setWebLifecycleState", new() { ["state"] = "frozen" });
        await Shop.ReceivedAsync(await mara.SayAsync("while you slept"));
        await devTools.SendAsync("Page.setWebLifecycleState", new() { ["state"] = "active" });

        await Expect(inbox.Message("while you slept")).ToBeVisibleAsync();
        await Shop.ReceivedAsync(await mara.SayAsync("and now"));
        await Expect(inbox.Message("and now")).ToBeVisibleAsync();
    }

    /// <summary>
    /// Bytes of the heap and listeners that are left once what is not needed is collected. The least of several looks: what a
    /// collection leaves differs by a tenth from one to the next, and a leak is in all of them.
    /// </summary>
    private static async Task<(double Heap, double Listeners)> MemoryAsync(ICDPSession devTools)
    {
        var looks = new List<(double Heap, double Listeners)>();
        for (var look = 0; look < 5; look++)
        {
            await devTools.SendAsync("HeapProfiler.collectGarbage");
            var metrics = (await devTools.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
                .ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble());
            looks.Add((metrics["JSHeapUsedSize"], metrics["JSEventListeners"]));
        }

        TestContext.Current.SendDiagnosticMessage("heap of the page: " + string.Join(", ", looks.Select(look => $"{look.Heap:N0}")));
        return looks.MinBy(look => look.Heap);
    }

    /// <summary>
    /// Customers write in turns, all in one webhook: "Words, 0.", "Words, 1." and so on. Returns once the product has all of them: what a
    /// test does next would otherwise happen in the middle of them.
    /// </summary>
    private async Task BulkAsync(List<Customer> writers, int count, string words)
    {
        var now = TimeProvider.System.GetUtcNow();
        var items = Enumerable.Range(0, count).Select(n => MetaPayloads.Text(
            Shop.InstagramId,
            writers[n % writers.Count].Igsid,
            Mid(n),
            $"{words}, {n}.",
            now.AddMilliseconds(n - 1_000)));
        await Shop.Meta.Webhooks.DeliverAsync(MetaPayloads.Bytes(MetaPayloads.Envelope(Shop.InstagramId, now, [.. items])));
        for (var n = Math.Max(0, count - writers.Count); n < count; n++) await Shop.ReceivedAsync(Mid(n));

        string Mid(int n) => $"bulk-{writers[0].Igsid}-{words}-{n}";
    }

    private async Task<string> IdOfAsync(Customer customer) => (await Shop.ConversationAsync(customer)).Text("id")!;

    /// <summary>Counts the calls of a tab from now on to paths that have one of these in them, besides the live stream.</summary>
    private static Func<int> Count(InboxPage inbox, params string[] parts)
    {
        var count = 0;
        inbox.Page.Request += (_, request) =>
        {
            if (!request.Url.Contains("/stream", StringComparison.Ordinal)
                && Array.Exists(parts, part => new Uri(request.Url).PathAndQuery.Contains(part, StringComparison.Ordinal)))
                Interlocked.Increment(ref count);
        };
        return () => Volatile.Read(ref count);
    }

    private static Task<int> NodesAsync(InboxPage inbox) => inbox.Page.EvaluateAsync<int>("document.querySelectorAll('*').length");
}
