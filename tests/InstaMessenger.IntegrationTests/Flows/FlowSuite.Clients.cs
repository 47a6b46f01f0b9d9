using System.Diagnostics;
using System.Text.Json.Nodes;
using InstaMessenger.Client;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Tests.Shared;
using Refit;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    /// <summary>Each call of the .NET client, as its readers would write it.</summary>
    [Fact]
    public async Task The_dotnet_client_does_with_the_product_what_its_calls_say()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var asked = await shop.ReceivedAsync(await customer.SayAsync("How much is it?"));
        using var client = new InstaMessengerClient(Product.Door, shop.Key);

        (await client.Accounts.ListAsync()).Data.ShouldHaveSingleItem().Id.ShouldBe(shop.AccountId);
        (await client.Accounts.GetAsync(shop.AccountId)).InstagramAccountId.ShouldBe(shop.InstagramId);
        (await client.Accounts.GetHealthAsync(shop.AccountId)).Sending.State.ShouldBe("running");

        var conversation = (await client.Conversations.ListAsync(shop.AccountId, limit: 1)).Data.ShouldHaveSingleItem();
        (conversation.Contact.Id, conversation.Window.State, conversation.AwaitsReply).ShouldBe((customer.Igsid, "open", true));
        var messages = await client.Conversations.ListMessagesAsync(conversation.Id, limit: 1);
        messages.Data.ShouldHaveSingleItem().Text.ShouldBe("How much is it?");
        (await client.Conversations.ListMessagesAsync(conversation.Id, messages.NextCursor)).Data.ShouldHaveSingleItem().Text
            .ShouldBe("Hello!");
        await client.Conversations.ShowTypingAsync(conversation.Id, new Typing(On: true));
        await client.Conversations.MarkReadAsync(conversation.Id);
        (await client.Conversations.GetAsync(conversation.Id)).UnreadCount.ShouldBe(0);

        var message = new SendMessage
        {
            AccountId = shop.AccountId,
            RecipientId = customer.Igsid,
            Message = "Ten euros.",
            QuickReplies = [new QuickReply("I take it", "BUY")],
            Metadata = new JsonObject { ["order"] = 17 },
        };
        var sent = await client.Messages.SendAsync(message, "order-17", prefer: "wait=30");
        (sent.Status, sent.Metadata!.Value.GetProperty("order").GetInt32()).ShouldBe(("sent", 17));
        (await client.Messages.SendAsync(message, "order-17")).MessageId.ShouldBe(sent.MessageId);
        (await Should.ThrowAsync<ApiProblemException>(() => client.Messages.SendAsync(message with { Message = "Nine." }, "order-17")))
            .Code.ShouldBe("idempotency_key_reused");
        (await client.Messages.GetAsync(sent.MessageId)).InstagramMessageId.ShouldBe(sent.InstagramMessageId);
        var later = await client.Messages.SendAsync(
            message with { ScheduleAt = TimeProvider.System.GetUtcNow().AddHours(1) }, "order-18");
        later.Status.ShouldBe("scheduled");
        (await client.Messages.CancelAsync(later.MessageId)).Status.ShouldBe("cancelled");
        (await client.Messages.RetryAsync(later.MessageId, new RetryMessage())).MessageId.ShouldNotBe(later.MessageId);
        var asking = ((MessageReceived)InboxEvent.Parse(System.Text.Encoding.UTF8.GetBytes(asked.Event.ToJsonString())).Data!).Message;
        await client.Messages.ReactAsync(asking.Id, new NewReaction());
        await client.Messages.UnreactAsync(asking.Id);
        (await client.Media.UploadAsync(shop.AccountId, new ByteArrayPart(MediaSamples.Png(), "mug.png", "image/png")))
            .MimeType.ShouldBe("image/png");

        await EndpointsAsync(shop, client, asked);
        var all = await EventsAsync(client);
        all.Select(made => made.Type).ShouldContain(EventTypes.MessageSent);
        all.Where(made => made.Data is UnknownEventData).ShouldBeEmpty();
        await FollowAsync(shop, customer, client, all[^1].Sequence!.Value);
    }

    private protected async Task TheTypescriptClientDoesWithTheProductWhatItsCallsSayAsync()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var crm = Product.Simulator.Crm.Inbox($"client{shop.InstagramId}");
        crm.Secrets = [];
        var own = RepositoryRoot.Of("artifacts", "node", "node_modules", ".bin", "node");
        var start = new ProcessStartInfo(File.Exists(own) ? own : "node", ["with-product.mjs"])
        {
            WorkingDirectory = RepositoryRoot.Of("clients", "typescript", "test"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["URL"] = Product.Door.ToString();
        start.Environment["KEY"] = shop.Key;
        start.Environment["ACCOUNT"] = shop.AccountId;
        start.Environment["CUSTOMER"] = customer.Igsid;
        start.Environment["CRM"] = new Uri(Product.Simulator.BaseAddress, $"crm/{crm.Name}").ToString();
        using var node = Process.Start(start)!;
        var error = node.StandardError.ReadToEndAsync();
        var said = await node.StandardOutput.ReadToEndAsync();

        (await error).ShouldBeEmpty();
        said.ShouldEndWith(" events\n");
    }

    private async Task EndpointsAsync(Shop shop, InstaMessengerClient client, TappedEvent asked)
    {
        var crm = Product.Simulator.Crm.Inbox($"client{shop.InstagramId}");
        // Before that it may still be on its way to the endpoints, and would come to the new one sooner than its secret.
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == asked.Id);
        var made = await client.WebhookEndpoints.CreateAsync(new NewWebhookEndpoint(
            new Uri(Product.Simulator.BaseAddress, $"crm/{crm.Name}").ToString(), [shop.AccountId], [EventTypes.MessageReceived]));
        var rotated = await client.WebhookEndpoints.RotateSecretAsync(made.Id);
        crm.Secrets = [rotated.Secret.ShouldNotBeNull()];
        rotated.PreviousSecretUntil.ShouldNotBeNull();
        (await client.WebhookEndpoints.TestAsync(made.Id)).Delivered.ShouldBeTrue();
        (await client.WebhookEndpoints.ListAsync()).Data.ShouldContain(endpoint => endpoint.Id == made.Id && endpoint.Secret == null);

        var replay = await client.WebhookEndpoints.ReplayAsync(made.Id, new NewReplay(AfterSequence: asked.Sequence - 1));
        (await crm.Deliveries.WaitForAsync(delivery => delivery.EventId == asked.Id))[0].Trusted.ShouldBeTrue();
        await Until.TrueAsync(
            async () => (await client.WebhookEndpoints.GetReplayAsync(made.Id, replay.Id)).State == "done",
            Patience.Long,
            () => "the replay is not done");
        var delivery = (await client.WebhookEndpoints.ListDeliveriesAsync(made.Id, "delivered")).Data
            .First(delivery => delivery.EventId == asked.Id);
        delivery.Log.ShouldHaveSingleItem().Status.ShouldBe(200);
        await client.WebhookEndpoints.RedeliverAsync(delivery.Id);
        await crm.Deliveries.WaitForAsync(again => again.EventId == asked.Id, 2);

        (await client.WebhookEndpoints.ChangeAsync(made.Id, new JsonObject { ["state"] = "paused", ["event_types"] = null }))
            .ShouldSatisfyAllConditions(changed => changed.State.ShouldBe("paused"), changed => changed.EventTypes.ShouldBeNull());
        (await client.WebhookEndpoints.GetAsync(made.Id)).State.ShouldBe("paused");
        await client.WebhookEndpoints.DeleteAsync(made.Id);
        (await Should.ThrowAsync<ApiProblemException>(() => client.WebhookEndpoints.GetAsync(made.Id))).Code.ShouldBe("not_found");
    }

    /// <summary>What happened meanwhile, what happens now, and the end of the key.</summary>
    private async Task FollowAsync(Shop shop, Customer customer, InstaMessengerClient client, long place)
    {
        using var late = new CancellationTokenSource(Patience.Long);
        await shop.ReceivedAsync(await customer.SayAsync("And in blue?"));
        await using var events = client.FollowAsync(place, shop.AccountId, EventTypes.MessageReceived, late.Token).GetAsyncEnumerator();
        await TextAsync("And in blue?");
        var next = TextAsync("Or in green?");
        await customer.SayAsync("Or in green?");
        await next;

        var end = events.MoveNextAsync().AsTask();
        (await Admin.DeleteAsync($"/api/v1/api-keys/{shop.KeyId}")).Expect(204);
        (await Should.ThrowAsync<ApiProblemException>(() => end)).Status.ShouldBe(401);

        async Task TextAsync(string text)
        {
            (await events.MoveNextAsync()).ShouldBeTrue();
            events.Current.Data.ShouldBeOfType<MessageReceived>().Message.Text.ShouldBe(text);
        }
    }

    private static async Task<List<InboxEvent>> EventsAsync(InstaMessengerClient client)
    {
        var all = new List<InboxEvent>();
        EventPage page;
        long after = 0;
        do
        {
            page = await client.Events.ReadAsync(after, limit: 3);
            all.AddRange(page.Data);
            after = page.LastSequence;
        }
        while (page.NextCursor is not null);
        (await client.Events.ReadAsync(long.MaxValue)).LastSequence.ShouldBeGreaterThanOrEqualTo(after);
        return all;
    }
}
