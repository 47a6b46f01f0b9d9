using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What happens to a message after it was written.</summary>
public abstract partial class FlowSuite
{
    [Fact]
    [InEveryForm]
    public async Task A_reaction_comes_and_goes_in_every_tap_and_in_the_thread()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var answer = (await shop.SendAsync(customer, "an answer")).Expect(200).Text("instagram_message_id")!;

        await customer.ReactAsync(answer, "love", @"\u{2764}\u{FE0F}");

        var reacted = await shop.Events.WaitForAsync("message.reaction", "data.reaction.action", "react");
        reacted.Event.Text("data.instagram_message_id").ShouldBe(answer);
        reacted.Event.Text("data.reaction.emoji").ShouldBe("❤️");
        reacted.Event.Text("data.reaction.by").ShouldBe("customer");
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == reacted.Id);
        (await shop.ThreadAsync(customer))[0].Text("reactions.0.reaction").ShouldBe("love");

        await customer.ReactAsync(answer, null);

        await shop.Events.WaitForAsync("message.reaction", "data.reaction.action", "unreact");
        (await shop.ThreadAsync(customer))[0].Items("reactions").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_customer_has_read_is_read()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var sent = (await shop.SendAsync(customer, "an answer")).Expect(200);

        await customer.ReadAsync();

        var read = await shop.Events.WaitForAsync("message.read", "data.message_id", sent.Text("message_id")!);
        read.Event.Text("data.read_at").ShouldNotBeNull();
        var message = await shop.MessageAsync(sent.Text("message_id")!);
        message.Text("status").ShouldBe("read");
        message.Text("read_at").ShouldBe(read.Event.Text("data.read_at"));
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == read.Id);
    }

    [Fact]
    public async Task An_edited_message_keeps_what_it_said()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var mid = await customer.SayAsync("tomorrow at nine");
        await shop.ReceivedAsync(mid);

        await customer.EditAsync(mid, "tomorrow at ten");

        var edited = await shop.Events.WaitForAsync("message.edited", "data.message.instagram_message_id", mid);
        edited.Event.Text("data.message.text").ShouldBe("tomorrow at ten");
        var message = (await shop.ThreadAsync(customer)).ShouldHaveSingleItem();
        message.ToJsonString().ShouldBe(edited.Event.At("data.message")!.ToJsonString());
        message.Text("edits.0.text").ShouldBe("tomorrow at nine");
        message.Text("edited_at").ShouldNotBeNull();
    }

    [Fact]
    [InEveryForm]
    public async Task What_was_taken_back_is_in_no_tap_any_more_and_in_no_delivery()
    {
        const string Said = "I should not have said this";
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var mid = await customer.SayAsync(Said);
        var received = await shop.ReceivedAsync(mid);
        var delivery = (await shop.Crm.Deliveries.WaitForAsync(made => made.EventId == received.Id))[0];
        delivery.Body!.ShouldContain(Said);

        await customer.UnsendAsync(mid);

        var deleted = await shop.Events.WaitForAsync("message.deleted", "data.message.instagram_message_id", mid);
        deleted.Event.Text("data.message.kind").ShouldBe("deleted");
        await shop.Crm.Deliveries.WaitForAsync(made => made.EventId == deleted.Id);
        (await shop.ThreadAsync(customer)).ShouldAllBe(message => !message.ToJsonString().Contains(Said));
        (await shop.ConversationAsync(customer)).ToJsonString().ShouldNotContain(Said);
        (await shop.Api.GetAsync($"/api/v1/events?after={received.Sequence - 1}&limit=50")).Expect(200).ToJsonString()
            .ShouldNotContain(Said);
        await using (var resumed = await shop.Api.ListenAsync(after: received.Sequence - 1))
            (await resumed.WaitForAsync(tapped => tapped.Id == received.Id))[0].Event.ToJsonString().ShouldNotContain(Said);

        var rows = (await shop.Api.GetAsync($"/api/v1/webhook-endpoints/whe_{shop.AccountId[4..]}/deliveries")).Expect(200).Items();
        var row = rows.Single(kept => kept.Text("event_id") == received.Id);
        (await shop.Api.PostAsync($"/api/v1/deliveries/{row.Text("id")}/redeliver", null)).Expect(202);
        var again = (await shop.Crm.Deliveries.WaitForAsync(made => made.EventId == received.Id, 2))[1];
        again.Trusted.ShouldBeTrue("it is signed as it is now");
        again.Body!.ShouldNotContain(Said);
    }

    [Fact]
    public async Task Changes_that_come_before_their_message_are_on_it()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var now = TimeProvider.System.GetUtcNow();
        string Mid(string name) => $"{name}{shop.InstagramId}";
        await shop.Meta.Webhooks.DeliverAsync(
            shop.InstagramId,
            [
                MetaPayloads.React(shop.InstagramId, customer.Igsid, Mid("reacted"), "wow", "😮", now),
                MetaPayloads.Edit(shop.InstagramId, customer.Igsid, Mid("edited"), "after", 1, now),
                MetaPayloads.Unsend(shop.InstagramId, customer.Igsid, Mid("gone"), now),
            ],
            new DeliveryPattern { Copies = 2 });
        await shop.Events.WaitForAsync("message.deleted", "data.message.instagram_message_id", Mid("gone"));

        var begin = now.AddMinutes(-1);
        await shop.Meta.Webhooks.DeliverAsync(
            shop.InstagramId,
            ((string[])["reacted", "edited", "gone"]).Select((name, n) =>
                MetaPayloads.Text(shop.InstagramId, customer.Igsid, Mid(name), "before", begin.AddSeconds(n))),
            new DeliveryPattern { Copies = 2 });

        await shop.ReceivedAsync(Mid("reacted"));
        await shop.ReceivedAsync(Mid("edited"));
        await shop.ReceivedAsync(await customer.SayAsync("the last"));
        // Of the one that was taken back no event tells, and it may have come in at another ingress.
        await Until.TrueAsync(
            async () => (await shop.ThreadAsync(customer)).Count == 4, Patience.Long, () => "the thread's four messages");
        var thread = (await shop.ThreadAsync(customer)).Skip(1).Reverse().ToList();
        thread.Select(message => message.Text("instagram_message_id")).ShouldBe([Mid("reacted"), Mid("edited"), Mid("gone")]);
        thread.Select(message => message.Text("text")).ShouldBe(["before", "after", null]);
        thread[0].Text("reactions.0.emoji").ShouldBe("😮");
        shop.Events.All.Count(tapped => tapped.Type == "message.received").ShouldBe(3, "what was taken back is not received");
        shop.Events.All.Count(tapped => tapped.Type == "message.deleted").ShouldBe(1);
    }
}
