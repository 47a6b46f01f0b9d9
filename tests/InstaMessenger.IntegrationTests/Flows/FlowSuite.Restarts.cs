using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    private const int Webhooks = 120;
    private const int Sends = 12;

    /// <summary>Kills a process once, with all under way that its services do in more than one step.</summary>
    private protected Task OneThatIsKilledHalfWayLosesNothingAndDoesNothingTwiceAsync(params string[] services)
    {
        var process = Product.ProcessOf(services[0]);
        List<Func<SharedKill, Task>> lasting = [];
        List<Func<SharedKill, Task>> brief = [kill => MessagesBothWaysAreNeitherLostNorSentTwiceAsync(kill, process)];
        if (services.Contains("store"))
        {
            brief.Add(AnUploadLeavesNoRowAndNoFileUnderANameAsync);
            brief.Add(AnErasureGoesOnAsync);
        }

        if (services.Contains("sender"))
        {
            lasting.Add(AnImportGoesOnAndDoublesNothingAsync);
            lasting.Add(DownloadsLoseNoFileAndLeaveNoneWithoutARowAsync);
            lasting.Add(PartsOfATextAreNeitherSentTwiceNorOutOfOrderAsync);
        }

        return SharedKill.MeetAsync(Product, process, [.. lasting], [.. brief]);
    }

    private async Task MessagesBothWaysAreNeitherLostNorSentTwiceAsync(SharedKill kill, string process)
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var mark = Shop.NewNumber();
        // Meta posts again what was not answered 200, for longer than the slowest start on a busy machine.
        shop.Meta.Webhooks.RedeliverySchedule = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(250), 600)];
        var answered = new SemaphoreSlim(0);
        await kill.MomentAsync();

        var writing = Parallel.ForAsync(0, Webhooks, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (n, _) =>
        {
            await customer.SayAsync($"in {mark} {n}");
            answered.Release();
        });
        var ids = new ConcurrentBag<string>();
        var sending = Parallel.ForAsync(
            0,
            Sends,
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (n, _) => ids.Add(await SendUntilTakenAsync(shop, customer.Igsid, $"out {mark} {n}")));
        var making = MakeUntilMadeAsync(shop, mark);
        for (var n = 0; n < Webhooks / 3; n++)
            (await answered.WaitAsync(Patience.Long)).ShouldBeTrue($"only {n} webhooks were answered");
        await kill.HalfWayAsync();
        await writing;
        await sending;
        await making;
        await EachIsMadeOnceAsync(mark);

        var texts = Enumerable.Range(0, Webhooks).Select(n => $"in {mark} {n}").ToHashSet();
        var received = await shop.Crm.Deliveries.WaitForAsync(
            delivery => delivery.EventType == "message.received" && delivery.Acknowledged && delivery.Attempt == 1
                && texts.Contains(TextOf(delivery.Body)), Webhooks, Patience.Long);
        received.Select(delivery => TextOf(delivery.Body)).ShouldBeUnique("no event has two webhook-ids");
        shop.Crm.Untrusted.ShouldBe(0);

        // A send whose process died between its claim and Meta's answer is unknown. It is sent once Meta's echo says so, and stays unknown
        // when Meta never had it: nobody but a person may decide to send it again.
        await using var events = await shop.Api.ListenAsync();
        ids.Count.ShouldBe(Sends);
        // On MySQL another process may live on, so a claim of the dead one is given up after a minute only, and the contact's sends wait
        // behind it.
        foreach (var id in ids)
            await events.WaitForAsync(tapped => IsSettled(tapped) && IdOf(tapped) == id, timeout: Patience.Long);
        var accepted = Enumerable.Range(0, Sends).Count(n => shop.Meta.AcceptedCount(customer.Igsid, $"out {mark} {n}") > 0);
        if (process != Product.ProcessOf("sender"))
            accepted.ShouldBe(Sends, "the sender lived, so it has no reason to lose sight of a send");
        await events.WaitForAsync(tapped => tapped.Type == "message.sent" && ids.Contains(IdOf(tapped)), accepted);
        shop.Meta.AcceptedMoreThanOnce.ShouldNotContain(twice => twice.Recipient == customer.Igsid);
        (await shop.ThreadAsync(customer)).Count.ShouldBe(1 + Webhooks + Sends);
    }

    /// <summary>Keys and endpoints, each with a key of its own until it is there: whoever is killed meanwhile, each is made once.</summary>
    private async Task MakeUntilMadeAsync(Shop shop, string mark)
    {
        var hook = new Uri(Product.Simulator.BaseAddress, $"crm/made{mark}").ToString();
        var made = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, Sends, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (n, _) =>
        {
            var (name, key) = ($"made {mark} {n}", ("Idempotency-Key", $"making {mark} {n}"));
            made.Add((await UntilAnsweredAsync(name, () => Admin.PostAsync("/api/v1/api-keys", new
            {
                name, account_ids = new[] { shop.AccountId },
            }, key), 201)).Text("id")!);
            made.Add((await UntilAnsweredAsync(name, () => Admin.PostAsync("/api/v1/webhook-endpoints", new
            {
                url = hook, description = name, account_ids = new[] { shop.AccountId }, event_types = new[] { "comment.received" },
            }, key), 201)).Text("id")!);
        });
        made.Distinct().Count().ShouldBe(2 * Sends);
    }

    private async Task EachIsMadeOnceAsync(string mark)
    {
        var keys = (await Admin.GetAsync("/api/v1/api-keys?limit=200")).Expect(200).Items().Select(row => row.Text("name"));
        keys.Where(name => name!.StartsWith($"made {mark} ", StringComparison.Ordinal)).Count().ShouldBe(Sends);
        var endpoints = (await Admin.GetAsync("/api/v1/webhook-endpoints?limit=200")).Expect(200).Items()
            .Where(row => row.Text("description")?.StartsWith($"made {mark} ", StringComparison.Ordinal) == true).ToList();
        endpoints.Count.ShouldBe(Sends);
        foreach (var endpoint in endpoints) (await Admin.DeleteAsync($"/api/v1/webhook-endpoints/{endpoint.Text("id")}")).Expect(204);
    }

    private static bool IsSettled(TappedEvent tapped) =>
        tapped.Type == "message.sent" || tapped.Event.Text("data.message.status") == "unknown";

    private static string IdOf(TappedEvent tapped) => tapped.Event.Text("data.message.id") ?? "";

    /// <summary>As a careful client does: the same key until the answer is 2xx.</summary>
    private static async Task<string> SendUntilTakenAsync(Shop shop, string recipient, string text)
    {
        var key = ("Idempotency-Key", $"key of {text}");
        return (await UntilAnsweredAsync(
            text,
            () => shop.Api.PostAsync(
                "/api/v1/messages/send", new { account_id = shop.AccountId, recipient_id = recipient, message = text }, key, AtOnce),
            200,
            202)).Text("message_id")!;
    }

    private static async Task<JsonNode> UntilAnsweredAsync(string what, Func<Task<Answer>> ask, params int[] statuses)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            try
            {
                var answer = await ask();
                if (statuses.Contains(answer.Status)) return answer.Json;
                answer.Status.ShouldBeOneOf([409, 502, 503, 504], answer.Body);
            }
            catch (HttpRequestException)
            {
                // Nobody is there just now.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException($"{what} was never taken.");
    }

    private static string TextOf(string? body) => JsonNode.Parse(body!).Text("data.message.text") ?? "";
}
