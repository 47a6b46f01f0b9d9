using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>
/// The OpenAPI document says what the product does: each answer of every flow is held against it (<see cref="ApiContract"/>), and here
/// every call is made.
/// </summary>
public abstract partial class FlowSuite
{
    /// <summary>What takes a fault to succeed; it is called all the same, and refused.</summary>
    private static readonly Dictionary<string, string> TakesAFaultToSucceed = new()
    {
        ["POST /api/v1/sends/{message_id}/settle"] = "/api/v1/sends/msg_1/settle",
        ["POST /api/v1/quarantine/{id}/replay"] = "/api/v1/quarantine/1000000/replay",
        ["POST /api/v1/dead-letters/store/{id}/replay"] = "/api/v1/dead-letters/store/1000000/replay",
        ["POST /api/v1/dead-letters/sender/{id}/replay"] = "/api/v1/dead-letters/sender/1000000/replay",
        ["POST /api/v1/dead-letters/crm-forwarder/{id}/replay"] = "/api/v1/dead-letters/crm-forwarder/1000000/replay",
        ["DELETE /api/v1/reserved-identifiers/{id}"] = "/api/v1/reserved-identifiers/1000000",
    };

    [Fact]
    public async Task Every_documented_call_is_answered_as_documented()
    {
        var contract = await Admin.ContractAsync();
        var shop = await OpenShopAsync();
        var (admin, _, name) = await NewAdminAsync();

        foreach (var call in contract.Calls.Where(call => call.StartsWith("GET ", StringComparison.Ordinal) && !call.Contains('{')))
        {
            if (call.EndsWith("/stream", StringComparison.Ordinal)) continue;
            // Who sees many accounts searches one of them.
            var query = call.EndsWith("/search", StringComparison.Ordinal) ? $"?q=hello&account_id={shop.AccountId}" : "";
            (await (call.EndsWith("/ui/session", StringComparison.Ordinal) ? admin : Admin).GetAsync(call[4..] + query)).Expect(200);
        }

        await UseMessagesAsync(shop);
        await UseConversationsAsync(shop);
        await UseAccountsAsync(admin, shop);
        await UseEndpointsAsync(admin, shop);
        var gone = await OpenShopAsync();
        (await admin.DeleteAsync($"/api/v1/accounts/{gone.AccountId}?erase=true")).Status.ShouldBeInRange(200, 202);
        var token = (await Anonymous.SignInAsync(name, "a long password of an admin")).Expect(200).Text("token");
        (await new ApiClient(Product.Door, token).DeleteAsync("/ui/session")).Expect(204);
        await ManageUsersAsync(admin, shop, []);
        await ManageEndpointsAsync(admin, shop, []);
        await ManageAccountAsync(admin, shop);
        foreach (var (call, path) in TakesAFaultToSucceed)
        {
            using var body = call.EndsWith("/settle", StringComparison.Ordinal)
                ? new StringContent("""{"outcome":"failed"}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"))
                : null;
            (await admin.SendAsync(new HttpMethod(call.Split(' ')[0]), path, body)).ExpectProblem(404, "not_found");
        }

        await ApiExamples.WriteAsync();
        contract.Calls.Except(contract.Succeeded).Except(TakesAFaultToSucceed.Keys).ShouldBeEmpty("documented, and called by nobody");
        TakesAFaultToSucceed.Keys.Except(contract.Calls).ShouldBeEmpty("called, and not documented");
    }

    private async Task UseMessagesAsync(Shop shop)
    {
        var customer = await shop.NewWriterAsync();
        var said = (await shop.ReceivedAsync(await customer.SayAsync("Hello again"))).Event.Text("data.message.id");
        var sent = (await shop.SendAsync(customer, "Hello!")).Expect(200).Text("message_id");
        (await shop.Api.GetAsync($"/api/v1/messages/{sent}")).Expect(200);
        (await shop.Api.GetAsync($"/api/v1/messages/{sent}/status")).Expect(200);
        (await shop.Api.PostAsync($"/api/v1/messages/{said}/reaction", new { reaction = "love" })).Expect(202);
        (await shop.Api.DeleteAsync($"/api/v1/messages/{said}/reaction")).Expect(202);
        var scheduled = (await shop.Api.PostAsync("/api/v1/messages/send", new
        {
            account_id = shop.AccountId,
            recipient_id = customer.Igsid,
            message = "Good morning!",
            schedule_at = TimeProvider.System.GetUtcNow().AddHours(1),
        })).Expect(202).Text("message_id");
        (await shop.Api.DeleteAsync($"/api/v1/messages/{scheduled}")).Expect(200);
        (await shop.Api.PostAsync($"/api/v1/messages/{scheduled}/retry", null, ("Idempotency-Key", scheduled!))).Expect(200);
        (await UploadAsync(shop, MediaSamples.Jpeg())).Expect(201);
        var picture = await MediaAsync(shop, await customer.ShowAsync("image", NewPicture(1000).Url), "kept");
        (await shop.Api.GetAsync(picture.Text("url")!)).Status.ShouldBe(200);
    }

    private static async Task UseConversationsAsync(Shop shop)
    {
        var conversation = (await shop.Api.GetAsync("/api/v1/conversations")).Expect(200).Items()[0];
        var path = $"/api/v1/conversations/{conversation.Text("id")}";
        (await shop.Api.GetAsync(path)).Expect(200);
        (await shop.Api.GetAsync(path + "/messages")).Expect(200).Items().Count.ShouldBeGreaterThan(2);
        (await shop.Api.PostAsync(path + "/read", new { })).Expect(204);
        (await shop.Api.PostAsync(path + "/unread", new { })).Expect(204);
        (await shop.Api.PostAsync(path + "/typing", new { on = true })).Expect(204);
        (await shop.Api.PostAsync(path + "/presence", new { state = "viewing" })).Expect(204);
        await Until.TrueAsync(
            async () => (await shop.Api.GetAsync($"/media/contacts/{conversation.Text("id")}")).Status == 200,
            Patience.Long,
            () => "the contact's picture");
    }

    private static async Task UseAccountsAsync(ApiClient admin, Shop shop)
    {
        var path = $"/api/v1/accounts/{shop.AccountId}";
        foreach (var part in new[] { "", "/health", "/ice-breakers", "/persistent-menu", "/erasures", "/backfill" })
            (await admin.GetAsync(path + part)).Expect(200);
        (await admin.PostAsync(path + "/backfill", new { since = "2026-01-01T00:00:00Z" })).Expect(202);
        (await admin.PostAsync("/oauth/instagram/init", new { login_type = "instagram", return_to = "/inbox" })).Expect(200);
        var erasure = (await admin.DeleteAsync($"{path}/contacts/{Shop.NewNumber()}")).Json.Text("erasure_id");
        (await admin.GetAsync($"{path}/erasures/{erasure}")).Expect(200);
        var user = (await admin.GetAsync("/api/v1/users?limit=200")).Expect(200).Items()[0];
        (await admin.GetAsync($"/api/v1/users/{user.Text("id")}")).Expect(200);
    }

    private static async Task UseEndpointsAsync(ApiClient admin, Shop shop)
    {
        var endpoint = (await shop.Api.GetAsync("/api/v1/webhook-endpoints")).Expect(200).Items().ShouldHaveSingleItem();
        var path = $"/api/v1/webhook-endpoints/{endpoint.Text("id")}";
        (await admin.GetAsync(path)).Expect(200);
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.received");
        JsonNode delivery = (await admin.GetAsync(path + "/deliveries")).Expect(200).Items()[0];
        (await admin.GetAsync($"/api/v1/deliveries/{delivery.Text("id")}")).Expect(200);
        var replay = (await admin.PostAsync(path + "/replay", new { after_sequence = 0 })).Expect(202);
        (await admin.GetAsync(path + "/replays")).Expect(200).Items().Count.ShouldBeGreaterThan(0);
        (await admin.GetAsync($"{path}/replays/{replay.Text("id")}")).Expect(200);
        (await admin.PostAsync($"{path}/replays/{replay.Text("id")}/cancel")).Expect(200);
    }
}
