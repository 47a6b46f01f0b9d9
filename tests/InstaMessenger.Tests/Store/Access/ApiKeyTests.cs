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
        (await store.PostAsync("/api/v1/api-keys", admin, new { name = "past", expires_at = "2026-11-01T10:00:00Z" })).FaultyFields().ShouldBe(["expires_at"]);
        var key = (await store.PostAsync("/api/v1/api-keys", admin, new { name = "hour", expires_at = "2026-11-01T11:00:00Z" })).Text("key");
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
        var annsScoped = await Store.PostAsync("/api/v1/api-keys", ann, new { name = "ann's scoped", account_ids = Array.Empty<string>() });
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
        (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "typo", account_ids = new[] { "acc_none" } })).FaultyFields().ShouldBe(["account_ids"]);
        (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "", account_ids = new[] { "none" } })).FaultyFields().ShouldBe(["name", "account_ids"]);
    }

    [Fact]
    public async Task A_key_makes_keys_that_reach_and_live_no_further_than_itself()
    {
        var soon = TimeProvider.System.GetUtcNow().AddHours(1);
        var scoped = (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "scoped", account_ids = Array.Empty<string>() })).Text("key");
        var ending = (await Store.PostAsync("/api/v1/api-keys", fixture.Admin, new { name = "ending", expires_at = soon })).Text("key");

        (await Store.PostAsync("/api/v1/api-keys", scoped, new { name = "child" })).Code.ShouldBe("key_scoped");
        (await Store.PostAsync("/api/v1/api-keys", ending, new { name = "child" })).Code.ShouldBe("key_expires");
        (await Store.PostAsync("/api/v1/api-keys", ending, new { name = "child", expires_at = soon.AddHours(1) })).Code.ShouldBe("key_expires");
        (await Store.PostAsync("/api/v1/api-keys", ending, new { name = "child", expires_at = soon.AddMinutes(-1) })).Status.ShouldBe(201);
    }
}
