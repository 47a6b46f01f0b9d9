using System.Net.Http.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>Who did what, from every service, in one log.</summary>
public abstract partial class FlowSuite
{
    /// <summary>Actions that are possible only after a fault. The fast tests of their slices do them.</summary>
    private static readonly string[] TakesAFault =
        [AuditActions.SendSettled, AuditActions.DeadLetterReplayed, AuditActions.QuarantineReplayed, AuditActions.IdentifierReleased];

    [Fact]
    public async Task Whatever_needs_the_right_to_manage_is_in_the_audit_log_with_who_and_what_and_no_secret()
    {
        var shop = await OpenShopAsync();
        var (admin, adminId, name) = await NewAdminAsync();
        List<string?> secrets = [shop.Token, shop.CrmSecret, "a long password of an agent", "another long password"];

        await ManageUsersAsync(admin, shop, secrets);
        await ManageEndpointsAsync(admin, shop, secrets);
        await ManageAccountAsync(admin, shop);

        var wanted = AuditActions.All.Except(TakesAFault).ToHashSet();
        JsonNode log = new JsonObject();
        await Until.TrueAsync(
            async () => wanted.IsSubsetOf(
                (log = (await Admin.GetAsync($"/api/v1/audit?actor={adminId}&limit=200")).Expect(200)).Items()
                    .Select(entry => entry.Text("action")!)),
            Patience.Long,
            () => string.Join(", ", wanted.Except(log.Items().Select(entry => entry.Text("action")!))));
        log.Items().ShouldAllBe(entry => entry.Text("actor.name") == name && entry.Text("actor.type") == "user"
            && entry.Text("ip")!.Length > 0 && entry.Text("request_id")!.Length > 0 && entry.Text("id")!.StartsWith("aud_"));
        log.Items().Select(entry => entry.Text("id")).ShouldBeInOrder(SortDirection.Descending);
        var text = log.ToJsonString();
        secrets.Where(secret => text.Contains(secret!, StringComparison.Ordinal)).ShouldBeEmpty();
        var changed = log.Items().Single(entry => entry.Text("action") == AuditActions.AccountChanged);
        (changed.Text("account_id"), changed.Text("target"), changed.Text("changes.mark_seen.old"), changed.Text("changes.mark_seen.new"))
            .ShouldBe((shop.AccountId, shop.AccountId, "false", "true"));
        (await shop.Api.GetAsync("/api/v1/audit")).ExpectProblem(403, "forbidden");
    }

    [Fact]
    public async Task A_revoked_key_and_a_deactivated_user_lose_their_open_streams()
    {
        var shop = await OpenShopAsync();
        var (agent, agentId) = await NewAgentAsync(shop);
        await using var stream = await agent.ListenAsync();

        (await Admin.PatchAsync($"/api/v1/users/{agentId}", new { active = false })).Expect(200).Text("active").ShouldBe("false");
        await stream.EndedAsync();
        (await agent.GetAsync("/api/v1/accounts")).ExpectProblem(401);
        (await Admin.DeleteAsync($"/api/v1/api-keys/{shop.KeyId}")).Expect(204);
        await shop.Events.EndedAsync();
        (await shop.Api.GetAsync("/api/v1/sends")).ExpectProblem(401);
    }

    private async Task<(ApiClient Client, string Id, string Name)> NewAdminAsync()
    {
        var (name, password) = ($"admin{Shop.NewNumber()}", "a long password of an admin");
        var user = (await Admin.PostAsync("/api/v1/users", new { username = name, password, role = "admin" })).Expect(201);
        var session = (await Anonymous.SignInAsync(name, password)).Expect(200);
        return (new ApiClient(Product.Door, session.Text("token")), user.Text("id")!, name);
    }

    private static async Task ManageUsersAsync(ApiClient admin, Shop shop, List<string?> secrets)
    {
        var (name, password) = ($"audited{Shop.NewNumber()}", "a long password of an agent");
        var user = (await admin.PostAsync("/api/v1/users", new { username = name, password, role = "agent" })).Expect(201).Text("id");
        (await admin.PatchAsync($"/api/v1/users/{user}", new { role = "admin" })).Expect(200);
        (await admin.PostAsync($"/api/v1/users/{user}/password", new { new_password = "another long password" })).Expect(204);
        (await admin.PostAsync($"/api/v1/users/{user}/accounts", new { account_ids = new[] { shop.AccountId } })).Expect(200);
        (await admin.DeleteAsync($"/api/v1/users/{user}/accounts/{shop.AccountId}")).Expect(204);
        (await admin.DeleteAsync($"/api/v1/users/{user}")).Expect(204);
        var key = (await admin.PostAsync("/api/v1/api-keys", new { name = "audited" })).Expect(201);
        secrets.Add(key.Text("key"));
        (await admin.DeleteAsync($"/api/v1/api-keys/{key.Text("id")}")).Expect(204);
        var canned = (await admin.PostAsync(
            "/api/v1/canned-replies", new { shortcut = "audited", text = "Hello!", account_ids = new[] { shop.AccountId } })).Expect(201);
        (await admin.PatchAsync($"/api/v1/canned-replies/{canned.Text("id")}", new { text = "Hi!" })).Expect(200);
        (await admin.DeleteAsync($"/api/v1/canned-replies/{canned.Text("id")}")).Expect(204);
    }

    private static async Task ManageEndpointsAsync(ApiClient admin, Shop shop, List<string?> secrets)
    {
        await shop.NewWriterAsync();
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.received");
        var own = (await shop.Api.GetAsync("/api/v1/webhook-endpoints")).Expect(200).Items().ShouldHaveSingleItem();
        var delivery = (await admin.GetAsync($"/api/v1/webhook-endpoints/{own.Text("id")}/deliveries")).Expect(200).Items()[0];
        (await admin.PostAsync($"/api/v1/deliveries/{delivery.Text("id")}/redeliver")).Expect(202);
        (await admin.PostAsync($"/api/v1/webhook-endpoints/{own.Text("id")}/redeliver", new { })).Expect(202);
        var made = (await admin.PostAsync("/api/v1/webhook-endpoints", new
        {
            url = own.Text("url") + "?token=key_of_the_crm",
            account_ids = new[] { shop.AccountId },
            headers = new { authorization_of_the_crm = "word_of_the_crm" },
        })).Expect(201);
        secrets.AddRange([made.Text("secret"), "key_of_the_crm", "word_of_the_crm"]);
        var path = $"/api/v1/webhook-endpoints/{made.Text("id")}";
        (await admin.PatchAsync(path, new { description = "audited" })).Expect(200);
        secrets.Add((await admin.PostAsync(path + "/rotate-secret")).Expect(200).Text("secret"));
        (await admin.PostAsync(path + "/test")).Expect(200);
        var replay = (await admin.PostAsync(path + "/replay", new { after_sequence = 0 })).Expect(202);
        (await admin.PostAsync($"{path}/replays/{replay.Text("id")}/cancel")).Expect(200);
        (await admin.DeleteAsync(path)).Expect(204);
    }

    private static async Task ManageAccountAsync(ApiClient admin, Shop shop)
    {
        var path = $"/api/v1/accounts/{shop.AccountId}";
        (await admin.PostAsync("/oauth/instagram/init", new { })).Expect(200);
        (await admin.PostAsync("/api/v1/accounts", new
        {
            instagram_account_id = shop.InstagramId, username = "again", access_token = shop.Token,
        })).Expect(200);
        (await admin.PatchAsync(path, new { mark_seen = true })).Expect(200);
        (await admin.PostAsync(path + "/health/check")).Expect(200);
        (await admin.PostAsync(path + "/backfill", new { })).Expect(202);
        var question = new { ice_breakers = new[] { new { question = "When?", payload = "HOURS" } } };
        (await admin.SendAsync(HttpMethod.Put, path + "/ice-breakers", JsonContent.Create(question))).Expect(200);
        (await admin.DeleteAsync(path + "/ice-breakers")).Expect(204);
        var menu = new { items = new[] { new { type = "postback", title = "Talk", payload = "HUMAN" } } };
        (await admin.SendAsync(HttpMethod.Put, path + "/persistent-menu", JsonContent.Create(menu))).Expect(200);
        (await admin.DeleteAsync(path + "/persistent-menu")).Expect(204);
        (await admin.DeleteAsync($"{path}/contacts/{Shop.NewNumber()}")).Status.ShouldBeInRange(200, 202);
        (await admin.DeleteAsync(path)).Expect(204);
    }
}
