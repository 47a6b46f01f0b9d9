using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Crm;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    [Fact]
    public async Task A_second_crm_of_an_account_gets_what_it_asked_for_signed_with_its_own_secrets()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var (crm, id) = await NewEndpointAsync(shop);
        await shop.ReceivedAsync(await customer.SayAsync("for both"));

        (await crm.Deliveries.WaitForAsync(made => made.EventType == "message.received"))[0].Trusted.ShouldBeTrue();
        var rotated = (await shop.Api.PostAsync($"/api/v1/webhook-endpoints/{id}/rotate-secret")).Expect(200).Text("secret")!;
        (await shop.Api.PostAsync($"/api/v1/webhook-endpoints/{id}/test")).Expect(200).Text("status").ShouldBe("200");
        var test = (await crm.Deliveries.WaitForAsync(made => made.EventType == "webhook.test"))[0];
        test.SignatureValid.ShouldBeTrue("the secret before signs too");
        test.HubSignatureValid.ShouldBeFalse("which has room for one signature, the new one");
        crm.Secrets = [rotated];

        (await shop.Api.PatchAsync($"/api/v1/webhook-endpoints/{id}", new { state = "paused" })).Expect(200).Text("state")
            .ShouldBe("paused");
        var waits = await shop.ReceivedAsync(await customer.SayAsync("while it is paused"));
        await shop.Crm.Deliveries.WaitForAsync(made => made.EventId == waits.Id);
        crm.AttemptsOf(waits.Id).ShouldBe(0);
        (await shop.Api.PatchAsync($"/api/v1/webhook-endpoints/{id}", new { state = "active" })).Expect(200);
        (await crm.Deliveries.WaitForAsync(made => made.EventId == waits.Id))[0].Trusted.ShouldBeTrue();
        crm.Deliveries.All.ShouldAllBe(made => made.EventType == "message.received" || made.EventType == "webhook.test");

        (await shop.Api.DeleteAsync($"/api/v1/webhook-endpoints/{id}")).Status.ShouldBe(204);
        (await shop.Api.GetAsync($"/api/v1/webhook-endpoints/{id}")).ExpectProblem(404);
    }

    [Fact]
    [InEveryForm]
    public async Task A_crm_that_is_new_asks_for_what_was_before_and_gets_it_anew_behind_what_happens()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var before = new List<TappedEvent>();
        for (var n = 0; n < 3; n++) before.Add(await shop.ReceivedAsync(await customer.SayAsync($"before {n}")));
        // One that the forwarder hears of later is live for the new endpoint, and in its replay too.
        foreach (var made in before) await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventId == made.Id);
        var (crm, id) = await NewEndpointAsync(shop);
        (await shop.Api.PostAsync($"/api/v1/webhook-endpoints/{id}/replay")).ExpectProblem(422, "validation_failed");

        var begun = (await shop.Api.PostAsync(
            $"/api/v1/webhook-endpoints/{id}/replay",
            new { from = TimeProvider.System.GetUtcNow().AddHours(-1), event_types = new[] { "message.received" } })).Expect(202);
        foreach (var made in before) (await crm.Deliveries.WaitForAsync(delivery => delivery.EventId == made.Id))[0].Trusted.ShouldBeTrue();

        var replay = $"/api/v1/webhook-endpoints/{id}/replays/{begun.Text("id")}";
        await Until.TrueAsync(
            async () => (await shop.Api.GetAsync(replay)).Expect(200).Text("state") == "done",
            Patience.Long,
            () => "it is not done");
        var done = (await shop.Api.GetAsync(replay)).Expect(200);
        // The writer's first message is one of them.
        (done.Text("found"), done.Text("percent")).ShouldBe(("4", "100"));
        (await shop.Api.PostAsync(replay + "/cancel")).Expect(200).Text("state").ShouldBe("done");
        crm.Deliveries.All.Select(delivery => delivery.EventId).ShouldBeUnique();
    }

    private protected async Task AReplayWhoseProcessIsKilledHalfWayGoesOnAsync(string process)
    {
        const int slots = 16;
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var before = new List<string>();
        for (var n = 0; n < 80; n++) before.Add((await shop.ReceivedAsync(await customer.SayAsync($"before {n}"))).Id);
        var (crm, id) = await NewEndpointAsync(shop);
        // Slow enough to be met half way: the writer's 81 messages take four seconds.
        (await shop.Api.PatchAsync($"/api/v1/webhook-endpoints/{id}", new { max_per_second = 20 })).Expect(200);
        var begun = (await shop.Api.PostAsync($"/api/v1/webhook-endpoints/{id}/replay", new { after_sequence = 0 })).Expect(202);
        await crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.received", 20);

        await Product.KillAsync(process);
        await Product.StartAsync(process);

        // In order, and each again with the same id if the process died between the post and its record.
        await crm.Deliveries.WaitForAsync(
            delivery => before.Contains(delivery.EventId!) && delivery.Attempt == 1, 80, Patience.Long);
        await Until.TrueAsync(
            async () => (await shop.Api.GetAsync($"/api/v1/webhook-endpoints/{id}/replays/{begun.Text("id")}")) is { Status: 200 } now
                && now.Json.Text("state") == "done",
            Patience.Long,
            () => "it is not done");
        var extra = crm.Deliveries.All.Count - crm.Deliveries.All.DistinctBy(delivery => delivery.EventId).Count();
        extra.ShouldBeLessThanOrEqualTo(slots);
        crm.Untrusted.ShouldBe(0);
    }

    private async Task<(CrmInbox Crm, string Id)> NewEndpointAsync(Shop shop)
    {
        var crm = Product.Simulator.Crm.Inbox($"second{shop.InstagramId}");
        var made = (await shop.Api.PostAsync(
            "/api/v1/webhook-endpoints",
            new
            {
                url = new Uri(Product.Simulator.BaseAddress, $"crm/{crm.Name}").ToString(),
                account_ids = new[] { shop.AccountId },
                event_types = new[] { "comment.received" },
                ordered = true,
            })).Expect(201);
        crm.Secrets = [made.Text("secret")!];
        // Only now: an event of before may be on its way to the endpoints, and would be here sooner than the secret.
        var id = made.Text("id")!;
        (await shop.Api.PatchAsync($"/api/v1/webhook-endpoints/{id}", new { event_types = new[] { "message.received" } })).Expect(200);
        return (crm, id);
    }
}
