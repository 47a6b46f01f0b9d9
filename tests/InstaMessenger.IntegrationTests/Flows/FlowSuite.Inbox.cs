using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What an inbox needs beside messages.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    public async Task An_inbox_follows_the_queues_and_threads_without_a_read_for_each_event()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var first = await customer.SayAsync("one");
        // Two ingresses know nothing of each other: what comes in at the second one may be recorded before what the first one took.
        await shop.ReceivedAsync(first);
        var event2 = await shop.ReceivedAsync(await customer.SayAsync("two"));

        (event2.Event.Text("data.conversation.unread_count"), event2.Event.Text("data.conversation.window.state")).ShouldBe(("2", "open"));
        var id = event2.Event.Text("data.conversation.id")!;
        var one = await shop.Api.GetAsync($"/ui/conversations/{id}");
        one.Expect(200).Text("last_message.text").ShouldBe("two");
        long.Parse(one.Headers.GetValues("Event-Sequence").Single()).ShouldBeGreaterThanOrEqualTo(
            long.Parse(event2.Event.Text("sequence")!));
        (await CountersAsync(shop)).ShouldBe(("1", "0", "1"));

        (await shop.Api.PostAsync($"/ui/conversations/{id}/read", new { })).Expect(204);
        (await shop.SendAsync(customer, "answer")).Expect(200);
        (await CountersAsync(shop)).ShouldBe(("0", "0", "0"));
        (await shop.Api.PostAsync($"/ui/conversations/{id}/unread", new { })).Expect(204);
        (await CountersAsync(shop)).ShouldBe(("0", "0", "1"));

        var message = (await shop.ThreadAsync(customer)).Single(row => row.Text("instagram_message_id") == first).Text("id");
        var around = (await shop.Api.GetAsync($"/ui/conversations/{id}/messages?around={message}&limit=3")).Expect(200);
        around.Items().Select(row => row.Text("text")).ShouldBe(["two", "one"]);
        (await shop.Api.GetAsync("/ui/conversations?awaiting=reply&window=open&sort=closes_at")).Expect(200).Items().ShouldBeEmpty();
    }

    private static async Task<(string?, string?, string?)> CountersAsync(Shop shop)
    {
        var row = (await shop.Api.GetAsync("/ui/counters")).Expect(200).Items().Single();
        return (row.Text("needs_reply"), row.Text("closing"), row.Text("unread"));
    }
}
