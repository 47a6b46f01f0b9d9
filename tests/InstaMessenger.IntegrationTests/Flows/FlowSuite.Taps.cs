using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    [Fact]
    [InEveryForm]
    public async Task A_stream_that_comes_back_misses_nothing_and_repeats_nothing()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var seen = new List<long>();
        long last = 0;
        for (var round = 0; round < 6; round++)
        {
            // Half of them are written while nobody listens, half while the stream is being read.
            await SayAsync(5);
            await using var tap = await shop.Api.ListenAsync(last, byHeader: round % 2 == 1);
            var live = SayAsync(5);
            var events = await tap.WaitForAsync(_ => true, 4 + round);
            await live;
            seen.AddRange(events.Select(tapped => tapped.Sequence));
            last = seen[^1];
        }

        await SayAsync(1);
        await using var rest = await shop.Api.ListenAsync(last);
        var all = await shop.Events.WaitForAsync(tapped => tapped.Type == "message.received", 62);
        var newest = all[^1].Sequence;
        await rest.WaitForAsync(tapped => tapped.Sequence == newest);
        seen.AddRange(rest.All.TakeWhile(tapped => tapped.Sequence <= newest).Select(tapped => tapped.Sequence));
        seen.ShouldBe(shop.Events.All.Where(tapped => tapped.Sequence <= newest).Select(tapped => tapped.Sequence));
        seen.ShouldBeUnique();

        async Task SayAsync(int times)
        {
            for (var n = 0; n < times; n++) await customer.SayAsync($"one of many {Shop.NewNumber()}");
        }
    }

    [Fact]
    [InEveryForm]
    public async Task The_pull_feed_gives_every_event_once_page_by_page()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        for (var n = 0; n < 25; n++) await customer.SayAsync($"page me {n}");
        var last = (await shop.Events.WaitForAsync(tapped => tapped.Type == "message.received", 25))[^1];

        var pulled = new List<string>();
        var after = 0L;
        IReadOnlyList<JsonNode> page;
        do
        {
            page = (await shop.Api.GetAsync($"/api/v1/events?after={after}&limit=7")).Expect(200).Items();
            page.Count.ShouldBeLessThanOrEqualTo(7);
            pulled.AddRange(page.Select(item => item.ToJsonString()));
            pulled.Count.ShouldBeLessThan(10_000, "the feed does not end");
            if (page.Count > 0) after = page[^1]["sequence"]!.GetValue<long>();
        }
        while (page.Count > 0);

        after.ShouldBeGreaterThanOrEqualTo(last.Sequence);
        // Who the customer is may be learnt while this reads, and is an event of its own behind the messages.
        await shop.Events.WaitForAsync(tapped => tapped.Sequence == after);
        pulled.ShouldBe(shop.Events.All.Where(tapped => tapped.Sequence <= after).Select(tapped => tapped.Event.ToJsonString()));
    }

    [Fact]
    [InEveryForm]
    public async Task A_CRM_that_fails_gets_the_same_event_again_with_a_fresh_signature()
    {
        var shop = await OpenShopAsync();
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "account.connected");
        shop.Crm.Behaviour = new() { FailFirstPerId = 1 };
        await shop.NewCustomer().SayAsync("Try again");

        var attempts = await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.received", 2);

        attempts.Select(delivery => delivery.Acknowledged).ShouldBe([false, true]);
        attempts.ShouldAllBe(delivery => delivery.Trusted);
        attempts.Select(delivery => (delivery.WebhookId, delivery.BodyHash)).Distinct().ShouldHaveSingleItem();
        attempts[1].WebhookTimestamp!.Value.ShouldBeGreaterThan(attempts[0].WebhookTimestamp!.Value);
    }
}
