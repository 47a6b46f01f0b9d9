using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    private const int Webhooks = 120;
    private const int Sends = 12;

    private protected async Task OneThatIsKilledHalfWayLosesNothingAndSendsNothingTwiceAsync(string process)
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var mark = Shop.NewNumber();
        // Meta posts again what was not answered 200, for longer than the slowest start on a busy machine.
        shop.Meta.Webhooks.RedeliverySchedule = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(250), 600)];
        var answered = new SemaphoreSlim(0);

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
        for (var n = 0; n < Webhooks / 3; n++)
            (await answered.WaitAsync(Patience.Long)).ShouldBeTrue($"only {n} webhooks were answered");
        await Product.KillAsync(process);
        await Product.StartAsync(process);
        await writing;
        await sending;

        var texts = Enumerable.Range(0, Webhooks).Select(n => $"in {mark} {n}").ToHashSet();
        var received = await shop.Crm.Deliveries.WaitForAsync(
            delivery => delivery.EventType == "message.received" && delivery.Acknowledged && delivery.Attempt == 1
                && texts.Contains(TextOf(delivery.Body)), Webhooks, TimeSpan.FromSeconds(60));
        received.Select(delivery => TextOf(delivery.Body)).ShouldBeUnique("no event has two webhook-ids");
        shop.Crm.Untrusted.ShouldBe(0);

        // A send whose process died between its claim and Meta's answer is unknown. It is sent once Meta's echo says so, and stays unknown
        // when Meta never had it: nobody but a person may decide to send it again.
        await using var events = await shop.Api.ListenAsync();
        ids.Count.ShouldBe(Sends);
        // On MySQL another process may live on, so a claim of the dead one is given up after a minute only, and the contact's sends wait
        // behind it.
        foreach (var id in ids)
            await events.WaitForAsync(tapped => IsSettled(tapped) && IdOf(tapped) == id, timeout: TimeSpan.FromSeconds(90));
        var accepted = Enumerable.Range(0, Sends).Count(n => shop.Meta.AcceptedCount(customer.Igsid, $"out {mark} {n}") > 0);
        if (process != Product.ProcessOf("sender"))
            accepted.ShouldBe(Sends, "the sender lived, so it has no reason to lose sight of a send");
        await events.WaitForAsync(tapped => tapped.Type == "message.sent" && ids.Contains(IdOf(tapped)), accepted);
        shop.Meta.AcceptedMoreThanOnce.ShouldNotContain(twice => twice.Recipient == customer.Igsid);
        (await shop.ThreadAsync(customer)).Count.ShouldBe(1 + Webhooks + Sends);
    }

    private static bool IsSettled(TappedEvent tapped) =>
        tapped.Type == "message.sent" || tapped.Event.Text("data.message.status") == "unknown";

    private static string IdOf(TappedEvent tapped) => tapped.Event.Text("data.message.id") ?? "";

    /// <summary>As a careful client does: the same key until the answer is 2xx.</summary>
    private static async Task<string> SendUntilTakenAsync(Shop shop, string recipient, string text)
    {
        var key = ("Idempotency-Key", $"key of {text}");
        for (var attempt = 0; attempt < 600; attempt++)
        {
            try
            {
                var answer = await shop.Api.PostAsync(
                    "/api/v1/messages/send", new { account_id = shop.AccountId, recipient_id = recipient, message = text }, key, AtOnce);
                if (answer.Status is 200 or 202) return answer.Json.Text("message_id")!;
                answer.Status.ShouldBeOneOf([409, 502, 503, 504], answer.Body);
            }
            catch (HttpRequestException)
            {
                // Nobody is there just now.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException($"{text} was never taken.");
    }

    private static string TextOf(string? body) => JsonNode.Parse(body!).Text("data.message.text") ?? "";
}
