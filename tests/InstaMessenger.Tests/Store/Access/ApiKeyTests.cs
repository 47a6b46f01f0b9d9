using InstaMessenger.Store.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Access;

public sealed class ApiKeyTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task A_key_is_shown_once_and_kept_as_a_hash()
    {
        var made = await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = " crm ", account_ids = (string[]?)null });
        made.Status.ShouldBe(201);
        made.Text("name").ShouldBe("crm");
        made.Headers["Cache-Control"].ShouldBe("no-store");
        var key = made.Text("key");
        (await Store.GetAsync("/api/v1/me", key)).Text("kind").ShouldBe("key");

        var list = await Store.GetAsync("/api/v1/api-keys?limit=200", fixture.Admin);
        list.Ids().ShouldContain(made.Text("id"));
        list.Raw.ShouldNotContain(key);
        var row = await Store.ReadAsync(db => db.Set<ApiKey>().SingleAsync(candidate => candidate.Id == made.Text("id")));
        row.Hash.ShouldBe(KeySecret.HashOf(key));
        row.Prefix.ShouldBe(key[3..11]);
    }

    [Fact]
    public async Task A_key_with_one_other_character_is_refused()
    {
        var key = (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "exact" })).Text("key");
        (await Store.GetAsync("/api/v1/me", key[..20] + (key[20] == 'A' ? 'B' : 'A') + key[21..])).Status.ShouldBe(401);
        (await Store.GetAsync("/api/v1/me", key + "A")).Status.ShouldBe(401);
        (await Store.GetAsync("/api/v1/me", "sk_")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_from_the_next_request_on()
    {
        var made = await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "short-lived" });
        var seen = Store.Get<AccessChanges>().Version;
        (await Store.DeleteAsync("/api/v1/api-keys/" + made.Text("id"), fixture.Admin)).Status.ShouldBe(204);
        (await Store.GetAsync("/api/v1/me", made.Text("key"))).Status.ShouldBe(401);
        Store.Get<AccessChanges>().Version.ShouldBeGreaterThan(seen);
        (await Store.DeleteAsync("/api/v1/api-keys/" + made.Text("id"), fixture.Admin)).Status.ShouldBe(404);
        (await Store.GetAsync("/api/v1/api-keys?limit=200", fixture.Admin)).Ids().ShouldNotContain(made.Text("id"));
    }

    [Fact]
    public async Task A_key_ends_when_its_time_is_over()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-01T10:00:00Z"));
        await using var store = await StoreOverHttp.StartAsync(clock);
        var admin = await store.SignInAsync();
        (await store.PostAsync("/api/v1/api-keys", admin, new { name = "past", expires_at = "2026-11-01T10:00:00Z" })).FaultyFields()
            .ShouldBe(["expires_at"]);
        var key = (
            await store.PostAsync("/api/v1/api-keys", admin, new { name = "hour", expires_at = "2026-11-01T11:00:00Z" })).Text("key");
        clock.Advance(TimeSpan.FromMinutes(59));
        (await store.GetAsync("/api/v1/me", key)).Status.ShouldBe(200);
        clock.Advance(TimeSpan.FromMinutes(1));
        (await store.GetAsync("/api/v1/me", key)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task One_sees_and_revokes_ones_own_keys_only()
    {
        var (_, ann) = await Store.AgentAsync("key-ann");
        var (_, bob) = await Store.AgentAsync("key-bob");
        var anns = await Store.PostAsync("/api/v1/api-keys", ann, new { name = "ann's" });
        var annsScoped = await Store.PostAsync(
            "/api/v1/api-keys", ann, new { name = "ann's scoped", account_ids = Array.Empty<string>(), scopes = StoreOverHttp.AllScopes });
        var bobs = await Store.PostAsync("/api/v1/api-keys", bob, new { name = "bob's" });

        (await Store.GetAsync("/api/v1/api-keys", ann)).Ids().ShouldBe([anns.Text("id"), annsScoped.Text("id")]);
        (await Store.GetAsync("/api/v1/api-keys", bob)).Ids().ShouldBe([bobs.Text("id")]);
        (await Store.GetAsync("/api/v1/api-keys", annsScoped.Text("key"))).Ids().ShouldBe([annsScoped.Text("id")]);
        (await Store.DeleteAsync("/api/v1/api-keys/" + bobs.Text("id"), ann)).Status.ShouldBe(404);
        (await Store.DeleteAsync("/api/v1/api-keys/" + anns.Text("id"), annsScoped.Text("key"))).Status.ShouldBe(404);
        (await Store.DeleteAsync("/api/v1/api-keys/" + anns.Text("id"), ann)).Status.ShouldBe(204);
        (await Store.DeleteAsync("/api/v1/api-keys/" + bobs.Text("id"), fixture.Admin)).Status.ShouldBe(204);
    }

    [Fact]
    public async Task A_key_cannot_be_made_for_an_account_that_its_maker_does_not_see()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var (_, agent) = await Store.AgentAsync("key-outsider");
        var answer = await Store.PostAsync("/api/v1/api-keys", agent, new { name = "reach", account_ids = new[] { account } });
        answer.Status.ShouldBe(403);
        answer.Code.ShouldBe("account_not_yours");
        (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "typo", account_ids = new[] { "acc_none" } })).FaultyFields()
            .ShouldBe(["account_ids"]);
        (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "", account_ids = new[] { "none" } })).FaultyFields()
            .ShouldBe(["name", "account_ids"]);
    }

    [Fact]
    public async Task A_key_makes_keys_that_reach_and_live_no_further_than_itself()
    {
        var soon = TimeProvider.System.GetUtcNow().AddHours(1);
        var scoped = (await Store.PostAsync(
            "/api/v1/api-keys",
            fixture.Admin,
            new { name = "scoped", account_ids = Array.Empty<string>(), scopes = StoreOverHttp.AllScopes })).Text("key");
        var ending = (await Store.PostAsync(
            "/api/v1/api-keys",
            fixture.Admin,
            new { name = "ending", scopes = StoreOverHttp.AllScopes, expires_at = soon })).Text("key");

        (await Store.PostAsync("/api/v1/api-keys", scoped, new { name = "child" })).Code.ShouldBe("key_scoped");
        (await Store.PostAsync("/api/v1/api-keys", ending, new { name = "child" })).Code.ShouldBe("key_expires");
        (await Store.PostAsync("/api/v1/api-keys", ending, new { name = "child", expires_at = soon.AddHours(1) }))
            .Code.ShouldBe("key_expires");
        (await Store.PostAsync("/api/v1/api-keys", ending, new { name = "child", expires_at = soon.AddMinutes(-1) })).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_new_key_reads_and_sends_and_changes_nothing_of_how_things_are_set_up()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var made = await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "crm", account_ids = new[] { account } });
        made.Json.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()).ShouldBe(["read", "send"]);
        var key = made.Text("key");

        (await Store.GetAsync("/api/v1/accounts", key)).Status.ShouldBe(200);
        (await Store.PostAsync("/api/v1/messages/send", key, new { account_id = account })).Status.ShouldBe(422);
        foreach (var answer in new[]
        {
            await Store.PatchAsync("/api/v1/accounts/" + account, key, new { crm_webhook_url = "https://thief.example/" }),
            await Store.DeleteAsync("/api/v1/accounts/" + account, key),
            await Store.PostAsync("/api/v1/accounts", key, StoreOverHttp.Link(fixture.NewInstagramId())),
            await Store.PostAsync("/api/v1/api-keys", key, new { name = "child" }),
            await Store.DeleteAsync("/api/v1/api-keys/" + made.Text("id"), key),
            await Store.GetAsync("/api/v1/api-keys", key),
        })
        {
            (answer.Status, answer.Code).ShouldBe((403, "scope_missing"));
        }

        (await Store.GetAsync("/api/v1/accounts/" + account, fixture.Admin)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("read", 200, 403, 403)]
    [InlineData("send", 403, 422, 403)]
    [InlineData("manage", 403, 403, 200)]
    public async Task A_scope_lets_do_what_it_says_and_nothing_else(string scope, int reads, int sends, int manages)
    {
        var key = (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = scope, scopes = new[] { scope } })).Text("key");
        (await Store.GetAsync("/api/v1/accounts", key)).Status.ShouldBe(reads);
        (await Store.PostAsync("/api/v1/messages/send", key, new { })).Status.ShouldBe(sends);
        (await Store.GetAsync("/api/v1/api-keys", key)).Status.ShouldBe(manages);
        (await Store.GetAsync("/api/v1/me", key)).Json.GetProperty("scopes").EnumerateArray().Single().GetString().ShouldBe(scope);
    }

    [Theory]
    [InlineData("everything")]
    [InlineData("Read")]
    [InlineData(null)]
    public async Task A_scope_that_is_none_is_refused(string? scope)
    {
        (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "typo", scopes = new[] { scope } })).FaultyFields()
            .ShouldBe(["scopes"]);
        (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "none", scopes = Array.Empty<string>() })).FaultyFields()
            .ShouldBe(["scopes"]);
    }

    [Fact]
    public async Task An_admins_key_that_ends_makes_no_admin_and_no_member_that_stays()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var (agentId, _) = await Store.AgentAsync("key-member");
        var soon = TimeProvider.System.GetUtcNow().AddHours(1);
        var ending = (await Store.PostAsync(
            "/api/v1/api-keys",
            fixture.Admin,
            new { name = "ending", scopes = StoreOverHttp.AllScopes, expires_at = soon })).Text("key");
        var managing = (
            await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "managing", scopes = new[] { "manage" } })).Text("key");

        foreach (var (key, code) in new[] { (ending, "key_expires"), (managing, "scope_exceeded") })
        {
            Answer[] answers =
            [
                await Store.PostAsync("/api/v1/users", key, new { username = "lasting", password = "a long password", role = "admin" }),
                await Store.PostAsync($"/api/v1/users/{agentId}/accounts", key, new { account_ids = new[] { account } }),
                await Store.PatchAsync($"/api/v1/users/{agentId}", key, new { role = "admin" }),
                await Store.PostAsync($"/api/v1/users/{agentId}/password", key, new { new_password = "another long password" }),
            ];
            answers.Select(answer => (answer.Status, answer.Code)).ShouldBe(Enumerable.Repeat((403, (string?)code), answers.Length));
        }

        (await Store.PostAsync("/api/v1/api-keys", managing, new { name = "more" })).Code.ShouldBe("scope_exceeded");
        (await Store.PostAsync("/api/v1/api-keys", managing, new { name = "as much", scopes = new[] { "manage" } })).Status.ShouldBe(201);
        (await Store.GetAsync("/api/v1/users?limit=200", fixture.Admin)).Raw.ShouldNotContain("lasting");
    }

    [Fact]
    public async Task A_key_that_ends_or_may_not_read_has_no_accounts_events_posted_anywhere()
    {
        var instagramId = fixture.NewInstagramId();
        var account = "/api/v1/accounts/" + await Store.LinkAsync(fixture.Admin, instagramId);
        const string Thief = "https://thief.example/";
        (await Store.PatchAsync(account, fixture.Admin, new { crm_webhook_url = "https://crm.example/" })).Status.ShouldBe(200);
        var soon = TimeProvider.System.GetUtcNow().AddHours(1);
        foreach (var (made, code) in new (object, string)[]
        {
            (new { name = "ending", scopes = StoreOverHttp.AllScopes, expires_at = soon }, "key_expires"),
            (new { name = "managing", scopes = new[] { "manage" } }, "scope_exceeded"),
        })
        {
            var key = (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, made)).Text("key");
            (await Store.PatchAsync(account, key, new { crm_webhook_url = Thief })).Code.ShouldBe(code);
            (await Store.PatchAsync(account, key, new { webhook_secret = "a_secret_that_the_thief_knows" })).Code.ShouldBe(code);
            (await Store.PostAsync("/api/v1/accounts", key, StoreOverHttp.Link(instagramId, ("crm_webhook_url", Thief))))
                .Code.ShouldBe(code);
            (await Store.PatchAsync(account, key, new { username = "renamed" })).Status.ShouldBe(200);
        }

        (await Store.GetAsync(account, fixture.Admin)).Text("crm_webhook_url").ShouldBe("https://crm.example/");
    }

    [Fact]
    public async Task A_key_from_before_there_were_scopes_may_do_what_it_could()
    {
        var made = await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "old", scopes = new[] { "read" } });
        await Store.ReadAsync(async db =>
        {
            const string Columns = "id, name, user_id, prefix, hash, scoped, expires_at, created_at, last_used_at, revoked_at";
            await db.Database.ExecuteSqlRawAsync(
                $"CREATE TEMP TABLE old AS SELECT {Columns} FROM api_keys WHERE id = {{0}}", made.Text("id"));
            await db.Database.ExecuteSqlRawAsync("DELETE FROM api_keys WHERE id = {0}", made.Text("id"));
            return await db.Database.ExecuteSqlRawAsync($"INSERT INTO api_keys ({Columns}) SELECT {Columns} FROM old");
        });
        (await Store.GetAsync("/api/v1/api-keys", made.Text("key"))).Status.ShouldBe(200);
    }
}
