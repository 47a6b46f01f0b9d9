using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Accounts;

public sealed class LinkedAccountsTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task One_lists_ones_own_accounts_page_by_page()
    {
        var (_, agent) = await Store.AgentAsync("list-agent");
        var (_, other) = await Store.AgentAsync("list-other");
        await Store.LinkAsync(other, fixture.NewInstagramId());
        var mine = new List<string>();
        for (var i = 0; i < 5; i++) mine.Add(await Store.LinkAsync(agent, fixture.NewInstagramId()));

        (await Store.GetAsync("/api/v1/accounts", agent)).Ids().ShouldBe(mine.Order(StringComparer.Ordinal));
        var first = await Store.GetAsync("/api/v1/accounts?limit=3", agent);
        var second = await Store.GetAsync($"/api/v1/accounts?limit=3&cursor={first.Text("next_cursor")}", agent);
        first.Ids().Concat(second.Ids()).ShouldBe(mine.Order(StringComparer.Ordinal));
        second.Json.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
        mine.ShouldBeSubsetOf((await Store.GetAsync("/api/v1/accounts?limit=200", fixture.Admin)).Ids());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task Another_tenants_account_is_not_there(string method)
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var (_, stranger) = await Store.AgentAsync("stranger-" + method);
        var answer = await Store.CallAsync(
            new HttpMethod(method), "/api/v1/accounts/" + account, stranger, method == "PATCH" ? new { username = "mine" } : null);
        answer.Status.ShouldBe(404);
        answer.Code.ShouldBe("not_found");
        (await Store.GetAsync("/api/v1/accounts/" + account, fixture.Admin)).Text("username").ShouldBe("shop");
    }

    [Fact]
    public async Task A_change_touches_what_it_names()
    {
        var (instagramId, channel) = (fixture.NewInstagramId(), fixture.NewInstagramId());
        var linked = await Store.PostAsync(
            "/api/v1/accounts", fixture.Admin, StoreOverHttp.Link(instagramId, ("crm_webhook_url", "https://crm.example/1")));
        var (id, path) = (linked.Text("id"), "/api/v1/accounts/" + linked.Text("id"));

        var renamed = await Store.PatchAsync(path, fixture.Admin, new
        {
            username = "renamed", messaging_channel_id = channel, access_token = $"IGAA-token.{instagramId}.{channel}",
        });
        renamed.Status.ShouldBe(200);
        (renamed.Text("username"), renamed.Text("messaging_channel_id"), renamed.Text("crm_webhook_url"))
            .ShouldBe(("renamed", channel, "https://crm.example/1"));
        renamed.Has("webhook_secret").ShouldBeFalse();
        await Store.PatchAsync(path, fixture.Admin, new { access_token = "IGAA-renewed." + instagramId });
        await Store.PatchAsync(path, fixture.Admin, new { webhook_secret = "another-secret-of-ours" });
        (await Store.PatchAsync(path, fixture.Admin, new { crm_webhook_url = (string?)null }))
            .Json.GetProperty("crm_webhook_url").ValueKind.ShouldBe(JsonValueKind.Null);
        (await Store.PatchAsync(path, fixture.Admin, new { webhook_secret = "another-secret-of-ours" })).FaultyFields()
            .ShouldBe(["webhook_secret"]);
        (await Store.PatchAsync(path, fixture.Admin, new { crm_webhook_url = "https://crm.example/2" })).Text("webhook_secret")
            .ShouldStartWith("whsec_");
        (await Store.PatchAsync(path, fixture.Admin, new { crm_webhook_url = 7 })).FaultyFields().ShouldBe(["crm_webhook_url"]);

        var changes = await Store.OutboxAsync<AccountChanged>(id);
        changes.Select(change => change.Version).ShouldBe([1, 2, 3, 4, 5, 6]);
        Store.Unprotect(SecretPurpose.AccessToken, id, changes[1].ProtectedAccessToken)
            .ShouldBe($"IGAA-token.{instagramId}.{channel}");
        Store.Unprotect(SecretPurpose.AccessToken, id, changes[2].ProtectedAccessToken)
            .ShouldBe("IGAA-renewed." + instagramId);
        Store.Unprotect(SecretPurpose.WebhookSecret, id, changes[2].ProtectedWebhookSecret).ShouldBe(linked.Text("webhook_secret"));
        Store.Unprotect(SecretPurpose.WebhookSecret, id, changes[3].ProtectedWebhookSecret).ShouldBe("another-secret-of-ours");
        (changes[4].CrmWebhookUrl, changes[4].ProtectedWebhookSecret).ShouldBe((null, null));
        (await Store.EventsAsync(id)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_channel_id_given_up_is_free_for_another_account_of_its_owner()
    {
        var (id, first, second) = (fixture.NewInstagramId(), fixture.NewInstagramId(), fixture.NewInstagramId());
        var account = (await Store.PostAsync(
            "/api/v1/accounts", fixture.Admin, StoreOverHttp.Link(id, ("messaging_channel_id", first))))
            .Text("id");
        var change = new { messaging_channel_id = second, access_token = $"IGAA-token.{id}.{second}" };
        (await Store.PatchAsync("/api/v1/accounts/" + account, fixture.Admin, change)).Status.ShouldBe(200);
        (await Store.PostAsync(
            "/api/v1/accounts", fixture.Admin, StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", second))))
            .Code.ShouldBe("channel_taken");
        (await Store.PostAsync(
            "/api/v1/accounts", fixture.Admin, StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", first))))
            .Status.ShouldBe(201);
    }

    [Fact]
    public async Task An_unlinked_account_is_gone_until_it_is_linked_again()
    {
        var (instagramId, channel) = (fixture.NewInstagramId(), fixture.NewInstagramId());
        var (_, agent) = await Store.AgentAsync("unlinker");
        var body = StoreOverHttp.Link(instagramId, ("messaging_channel_id", channel), ("crm_webhook_url", "https://crm.example/"));
        var id = (await Store.PostAsync("/api/v1/accounts", agent, body)).Text("id");
        var path = "/api/v1/accounts/" + id;

        (await Store.DeleteAsync(path, agent)).Status.ShouldBe(204);

        (await Store.DeleteAsync(path, agent)).Status.ShouldBe(404);
        (await Store.GetAsync(path, agent)).Status.ShouldBe(404);
        (await Store.PatchAsync(path, agent, new { username = "x" })).Status.ShouldBe(404);
        (await Store.GetAsync("/api/v1/accounts", agent)).Ids().ShouldBeEmpty();
        var accountId = AccountId.Parse(id);
        (await Store.ReadAsync(db => db.AccountIdentifiers.CountAsync(row => row.AccountId == accountId)))
            .ShouldBe(3, "its ids stay its own");
        var change = (await Store.OutboxAsync<AccountChanged>(id))[^1];
        (change.Version, change.Unlinked, change.ProtectedAccessToken, change.CrmWebhookUrl, change.ProtectedWebhookSecret)
            .ShouldBe((2, true, null, null, null));

        var again = await Store.PostAsync("/api/v1/accounts", agent, StoreOverHttp.Link(instagramId));
        again.Text("id").ShouldBe(id);
        again.Text("messaging_channel_id").ShouldBe(channel);
        (await Store.GetAsync(path, agent)).Status.ShouldBe(200);
        (await Store.OutboxAsync<AccountChanged>(id))[^1].Version.ShouldBe(3);
        (await Store.EventsAsync(id)).Select(e => e.GetProperty("type").GetString())
            .ShouldBe(["account.connected", "account.disconnected", "account.connected"]);
    }

    [Fact]
    public async Task No_secret_lies_readable_on_the_disk()
    {
        await using var store = await StoreOverHttp.StartAsync(null, ("ConnectionStrings:Store", null));
        var admin = await store.SignInAsync();
        var key = (await store.PostAsync("/api/v1/api-keys", admin, new { name = "crm", scopes = StoreOverHttp.AllScopes })).Text("key");
        await store.PostAsync("/api/v1/accounts", key, StoreOverHttp.Link(
            "17841400000000001", (
                "access_token",
                "IGAA-planted-token"), ("crm_webhook_url", "https://crm.example/planted"), ("webhook_secret", "planted-webhook-secret")));

        var bytes = new StringBuilder();
        var files = Directory.EnumerateFiles(store.Folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal));
        foreach (var file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            bytes.Append(await reader.ReadToEndAsync());
        }

        var disk = bytes.ToString();
        // The account is there, so the search would find the others too.
        disk.ShouldContain("https://crm.example/planted");
        string[] secrets =
            ["IGAA-planted-token", "planted-webhook-secret", key, admin, StoreOverHttp.AdminPassword, StoreOverHttp.SigningKey];
        foreach (var secret in secrets)
            disk.Contains(secret, StringComparison.Ordinal).ShouldBeFalse();
    }
}
