using System.Security.Cryptography;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    [Fact]
    [InEveryForm]
    public async Task What_a_customer_writes_is_the_same_event_in_every_tap()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var mid = await customer.SayAsync("Is the blue one still there? 💙 ü");

        var streamed = await shop.ReceivedAsync(mid);
        var message = streamed.Event.At("data.message");
        message.Text("text").ShouldBe("Is the blue one still there? 💙 ü");
        message.Text("kind").ShouldBe("text");
        message.Text("direction").ShouldBe("inbound");
        streamed.Event.Text("data.contact.id").ShouldBe(customer.Igsid);
        streamed.Event.Text("account_id").ShouldBe(shop.AccountId);

        var pushed = (await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == streamed.Id))[0];
        pushed.Trusted.ShouldBeTrue("both signatures are valid");
        pushed.WebhookId.ShouldBe(streamed.Id);
        pushed.Sequence.ShouldBe(streamed.Sequence);
        var pulled = (await shop.Api.GetAsync($"/api/v1/events?after={streamed.Sequence - 1}&limit=1")).Expect(200).Items()
            .ShouldHaveSingleItem();
        pulled.ToJsonString().ShouldBe(streamed.Event.ToJsonString());
        JsonNode.Parse(pushed.Body!)!.ToJsonString().ShouldBe(streamed.Event.ToJsonString());

        var listed = (await shop.ThreadAsync(customer)).ShouldHaveSingleItem();
        listed.ToJsonString().ShouldBe(message!.ToJsonString());
        var conversation = await shop.ConversationAsync(customer);
        conversation.Text("unread_count").ShouldBe("1");
        conversation.Text("window.state").ShouldBe("open");
        conversation.Text("id").ShouldBe(streamed.Event.Text("conversation_id"));
    }

    [Fact]
    public async Task Attachments_are_shown_with_their_kind_and_address()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var picture = new Uri(Product.Simulator.BaseAddress, "cdn/picture.png").ToString();
        var mid = await customer.ShowAsync("image", picture);
        var album = $"album{Shop.NewNumber()}";
        await shop.Meta.Webhooks.DeliverAsync(MetaPayloads.Envelope(
            shop.InstagramId, TimeProvider.System.GetUtcNow(), MetaPayloads.Attachments(
                shop.InstagramId, customer.Igsid, album, TimeProvider.System.GetUtcNow(),
                MetaPayloads.AttachmentPart("image", picture), MetaPayloads.AttachmentPart("video", picture + "?2"))));

        var one = (await shop.ReceivedAsync(mid)).Event.At("data.message");
        one.Text("kind").ShouldBe("image");
        one.Text("attachments.0.id").ShouldBe($"{one.Text("id")}_0");
        one.Text("attachments.0.media_type").ShouldBe("image");
        one.Text("attachments.0.url").ShouldNotBeNullOrEmpty();
        (await shop.ReceivedAsync(album)).Event.Items("data.message.attachments").Select(item => item.Text("media_type"))
            .ShouldBe(["image", "video"]);
    }

    [Fact]
    public async Task What_the_business_writes_on_its_phone_is_an_outbound_message_of_the_thread()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var mid = await customer.HearFromAppAsync("I answer from my phone");

        var sent = await shop.Events.WaitForAsync("message.sent", "data.message.instagram_message_id", mid);
        sent.Event.Text("data.origin").ShouldBe("instagram");
        var message = (await shop.ThreadAsync(customer))[0];
        message.Text("direction").ShouldBe("outbound");
        message.Text("status").ShouldBe("sent");
        message.Text("text").ShouldBe("I answer from my phone");
        (await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == sent.Id))[0].Trusted.ShouldBeTrue();
    }

    [Fact]
    public async Task What_cannot_be_shown_yet_is_kept_and_told()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var now = TimeProvider.System.GetUtcNow();
        var mid = $"unsupported{Shop.NewNumber()}";
        await shop.Meta.Webhooks.DeliverAsync(MetaPayloads.Envelope(shop.InstagramId, now,
            MetaPayloads.Unsupported(shop.InstagramId, customer.Igsid, mid, now),
            MetaPayloads.Item(customer.Igsid, shop.InstagramId, now, "hologram", new() { ["beam"] = 7 }),
            MetaPayloads.Text(shop.InstagramId, customer.Igsid, mid + "b", "beside the unknown", now)));

        (await shop.ReceivedAsync(mid)).Event.Text("data.message.kind").ShouldBe("unsupported");
        (await shop.ReceivedAsync(mid + "b")).Event.Text("data.message.text").ShouldBe("beside the unknown");
        var unknown = (await shop.Events.WaitForAsync(tapped => tapped.Type == "event.unsupported"))[0];
        unknown.Event["data"]!.ToJsonString().ShouldContain("hologram");
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == unknown.Id);
    }

    [Fact]
    [InEveryForm]
    public async Task A_webhook_that_comes_again_batched_and_shuffled_is_recorded_once()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var start = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(1);
        var mids = Enumerable.Range(0, 60).Select(n => $"m{n:d3}-{Shop.NewNumber()}").ToList();
        var items = mids.Select(
            (mid, n) => MetaPayloads.Text(shop.InstagramId, customer.Igsid, mid, $"text {n}", start.AddMilliseconds(n)));

        var attempts = await shop.Meta.Webhooks.DeliverAsync(
            shop.InstagramId, items, new DeliveryPattern { BatchSize = 7, Copies = 3, ShuffleSeed = 11, Parallel = 4 });

        attempts.ShouldAllBe(attempt => attempt.Delivered);
        foreach (var mid in mids) await shop.ReceivedAsync(mid);
        // A last one behind them all: what was doubled would be there by now.
        await shop.ReceivedAsync(await customer.SayAsync("the last"));
        var received = shop.Events.All.Where(tapped => tapped.Type == "message.received").ToList();
        received.Count.ShouldBe(61);
        (await shop.ThreadAsync(customer)).Select(message => message.Text("instagram_message_id")).Skip(1)
            .ShouldBe(mids.AsEnumerable().Reverse());
        (await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.received", 61))
            .Select(delivery => delivery.WebhookId).ShouldBeUnique();
        (await shop.ConversationAsync(customer)).Text("unread_count").ShouldBe("61");
    }

    [Fact]
    [InEveryForm]
    public async Task What_came_for_an_unknown_account_appears_when_it_is_linked()
    {
        var shop = Shop.Unlinked(Product);
        _shops.Add(shop);
        var customer = shop.NewCustomer();
        var mid = await customer.SayAsync("Is anybody there?");
        shop.Meta.Webhooks.Attempts.All[^1].Delivered.ShouldBeTrue("Meta is told that it is kept");

        await shop.LinkAsync();

        (await shop.ReceivedAsync(mid)).Event.Text("data.message.text").ShouldBe("Is anybody there?");
        (await shop.ThreadAsync(customer)).ShouldHaveSingleItem();
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.received");
        (await Admin.GetAsync("/api/v1/quarantine?limit=200")).Expect(200).ToJsonString().ShouldNotContain(shop.InstagramId);
    }

    [Fact]
    public async Task One_trace_leads_from_the_webhook_to_the_CRM()
    {
        var shop = await OpenShopAsync();
        var trace = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var now = TimeProvider.System.GetUtcNow();
        var body = MetaPayloads.Bytes(MetaPayloads.Envelope(
            shop.InstagramId, now, MetaPayloads.Text(shop.InstagramId, "4711", $"traced{Shop.NewNumber()}", "traced", now)));

        (await PostWebhookAsync(
            body, MetaSignature.Sha256(ProductBase.AppSecret, body), headers: [("traceparent", $"00-{trace}-00f067aa0ba902b7-01")]))
            .Expect(200);

        var delivery = (await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.received"))[0];
        delivery.TraceParent.ShouldNotBeNull();
        delivery.TraceParent.Split('-')[1].ShouldBe(trace);
    }
}
