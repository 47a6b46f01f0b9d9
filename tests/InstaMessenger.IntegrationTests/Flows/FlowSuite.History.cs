using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What Meta has and posted no webhook for.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    public async Task An_account_that_is_linked_has_its_history_unread_by_nobody_and_told_to_nobody()
    {
        var shop = Shop.Unlinked(Product);
        _shops.Add(shop);
        var customers = Enumerable.Range(0, 12).Select(_ => shop.NewCustomer()).ToList();
        var before = TimeProvider.System.GetUtcNow().AddHours(-2);
        foreach (var customer in customers)
        {
            customer.WroteUnseen("from before", before);
            customer.WroteUnseen("an answer from before", before.AddMinutes(1), byBusiness: true);
        }

        await shop.LinkAsync();

        // 12 threads are two pages.
        var done = await shop.Events.WaitForAsync("history.progress", "data.backfill.state", "done");
        (done.Event.Text("data.backfill.found"), done.Event.Text("data.backfill.imported")).ShouldBe(("24", "24"));
        var conversation = await shop.ConversationAsync(customers[0]);
        (conversation.Text("unread_count"), conversation.Text("window.state"), conversation.Text("contact.username"))
            .ShouldBe(("0", "open", customers[0].Username));
        (await shop.ThreadAsync(customers[0])).Select(message => (message.Text("text"), message.Text("history")))
            .ShouldBe([("an answer from before", "true"), ("from before", "true")]);
        var shown = (await shop.Api.GetAsync($"/api/v1/accounts/{shop.AccountId}/backfill")).Expect(200);
        (shown.Text("state"), shown.Text("imported")).ShouldBe(("done", "24"));
        var events = (await shop.Api.GetAsync("/api/v1/events?limit=200")).Expect(200).Items();
        events.ShouldNotContain(row => row.Text("type") == "message.received");
    }

    [Fact]
    [InEveryForm]
    public async Task One_of_twenty_webhooks_that_Meta_withholds_is_here_after_one_sweep()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var mids = new List<string>();
        foreach (var number in Enumerable.Range(1, 19))
            mids.Add(number == 10 ? customer.WroteUnseen("number 10") : await customer.SayAsync($"number {number}"));
        foreach (var mid in mids.Where(mid => mid != mids[9])) await shop.ReceivedAsync(mid);

        (await shop.Api.PostAsync($"/api/v1/accounts/{shop.AccountId}/backfill", new { })).Expect(202);

        var missing = await shop.ReceivedAsync(mids[9]);
        missing.Event.Text("data.message.history").ShouldBe("false");
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == missing.Id);
        (await shop.ThreadAsync(customer)).Count.ShouldBe(20);
        (await shop.ConversationAsync(customer)).Text("unread_count").ShouldBe("20");
        JsonNode? health = null;
        await Until.TrueAsync(
            async () =>
            {
                health = (await shop.Api.GetAsync($"/api/v1/accounts/{shop.AccountId}/health")).Expect(200);
                return (health.Text("completeness.missing"), health.Text("completeness.percent")) is ("1", "95" or "94.7");
            },
            Patience.Long,
            () => $"the health shows completeness {health?.Text("completeness.missing")} {health?.Text("completeness.percent")}");
    }

    private async Task AnImportGoesOnAndDoublesNothingAsync(SharedKill kill)
    {
        // Six pages, of which the third takes long enough to be met.
        const int Threads = 60;
        var shop = Shop.Unlinked(Product);
        _shops.Add(shop);
        var before = TimeProvider.System.GetUtcNow().AddHours(-2);
        foreach (var _ in Enumerable.Range(0, Threads)) shop.NewCustomer().WroteUnseen("from before", before);
        await shop.LinkAsync();
        await shop.Events.WaitForAsync(tapped => tapped.Type == "history.progress" && tapped.Event.Text("data.backfill.imported") != "0");

        shop.Meta.OtherFaults.Next(Fault.Latency(8_000), account: shop.InstagramId);
        await kill.HalfWayAsync();

        await using var events = await shop.Api.ListenAsync();
        var done = await events.WaitForAsync("history.progress", "data.backfill.state", "done");
        (done.Event.Text("data.backfill.found"), done.Event.Text("data.backfill.imported")).ShouldBe(("60", "60"));
        (await shop.Api.GetAsync($"/ui/conversations?account_id={shop.AccountId}&limit=200")).Expect(200).Items().Count.ShouldBe(Threads);
    }
}
