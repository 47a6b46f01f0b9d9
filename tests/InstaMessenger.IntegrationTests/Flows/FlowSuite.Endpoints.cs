using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Crm;

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

    private async Task<(CrmInbox Crm, string Id)> NewEndpointAsync(Shop shop)
    {
        var crm = Product.Simulator.Crm.Inbox($"second{shop.InstagramId}");
        var made = (await shop.Api.PostAsync(
            "/api/v1/webhook-endpoints",
            new
            {
                url = new Uri(Product.Simulator.BaseAddress, $"crm/{crm.Name}").ToString(),
                account_ids = new[] { shop.AccountId },
                event_types = new[] { "message.received" },
                ordered = true,
            })).Expect(201);
        crm.Secrets = [made.Text("secret")!];
        return (crm, made.Text("id")!);
    }
}
