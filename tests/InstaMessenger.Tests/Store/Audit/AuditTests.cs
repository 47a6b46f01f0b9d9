using System.Text;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Audit;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Audit;

public sealed class AuditTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task An_action_says_who_did_what_from_where_and_what_it_changed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/users")
        {
            Content = System.Net.Http.Json.JsonContent.Create(
                new { username = "audited", password = "a long password", role = "agent" }),
            Headers =
            {
                { "Authorization", "Bearer " + fixture.Admin }, { "X-Request-Id", "mine-1" }, { "X-Forwarded-For", "203.0.113.9" },
            },
        };
        var id = (await Store.SendAsync(request)).Text("id");

        var told = (await Store.OutboxAsync<ActionTaken>(id)).ShouldHaveSingleItem();

        (told.Action, told.Target, told.ActorType, told.ActorName, told.Address, told.RequestId)
            .ShouldBe(("user.created", id, "user", StoreOverHttp.Admin, "203.0.113.9", "mine-1"));
        told.ActorId.ShouldBe((await Store.GetAsync("/api/v1/me", fixture.Admin)).Text("id"));
        told.Changes.ShouldContain("""
            "username":{"old":null,"new":"audited"}
            """.Trim());
        told.Changes.ShouldNotContain("password");
    }

    [Fact]
    public async Task What_is_refused_and_what_fails_is_not_in_the_log()
    {
        var (id, token) = await Store.AgentAsync("unaudited");
        var before = await OutboxCountAsync();

        (await Store.PatchAsync("/api/v1/users/" + id, token, new { role = "admin" })).Status.ShouldBe(403);
        (await Store.PatchAsync("/api/v1/users/" + id, fixture.Admin, new { role = "boss" })).Status.ShouldBe(422);
        (await Store.PatchAsync("/api/v1/users/" + id, fixture.Admin, new { username = StoreOverHttp.Admin })).Status.ShouldBe(409);
        (await Store.DeleteAsync("/api/v1/api-keys/key_none", fixture.Admin)).Status.ShouldBe(404);

        (await OutboxCountAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task An_account_is_shown_as_it_was_and_is_without_what_is_secret()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        (await Store.PatchAsync(
            "/api/v1/accounts/" + account,
            fixture.Admin,
            new
            {
                human_agent = false,
                crm_webhook_url = "https://crm.example/hooks/T0/secret-path?key=secret-key",
                webhook_secret = "secret_of_sixteen_or_more",
            })).Raw.ShouldContain("updated_at");

        var told = (await Store.OutboxAsync<ActionTaken>(account)).Single(action => action.Action == "account.changed");

        told.AccountId.ShouldBe(AccountId.Parse(account));
        told.Changes.ShouldContain("""
            "human_agent":{"old":true,"new":false}
            """.Trim());
        told.Changes.ShouldContain("""
            "crm_webhook_url":{"old":null,"new":"https://crm.example/…"}
            """.Trim());
        told.Changes.ShouldContain("""
            "webhook_secret":{"old":"[secret]","new":"[secret]"}
            """.Trim());
        told.Changes.ShouldNotContain("secret-");
        told.Changes.ShouldNotContain("sixteen");
    }

    [Fact]
    public async Task The_log_is_listed_newest_first_by_filters_and_page_by_page()
    {
        var account = AccountId.Parse("acc_audit");
        await RecordAsync(
            Entry("aud_a1", 0, "usr_a", "usr_a", "user.created", "usr_x"),
            Entry("aud_a2", 1, "key_a", "usr_a", "account.changed", "acc_audit", account),
            Entry("aud_a3", 2, "usr_b", "usr_b", "user.changed", "usr_x"));

        (await ListAsync("target=usr_x")).ShouldBe(["aud_a3", "aud_a1"]);
        (await ListAsync("actor=usr_a")).ShouldBe(["aud_a2", "aud_a1"], "a user's keys act for the user");
        (await ListAsync("actor=key_a")).ShouldBe(["aud_a2"]);
        (await ListAsync("account_id=acc_audit")).ShouldBe(["aud_a2"]);
        (await ListAsync("target=usr_x&action=user.changed")).ShouldBe(["aud_a3"]);
        (await ListAsync("target=usr_x&after=2026-11-20T12:02:00Z")).ShouldBe(["aud_a3"]);
        (await ListAsync("target=usr_x&before=2026-11-20T12:02:00Z")).ShouldBe(["aud_a1"]);
        var first = await Store.GetAsync("/api/v1/audit?actor=usr_a&limit=1", fixture.Admin);
        first.Ids().ShouldBe(["aud_a2"]);
        (await ListAsync($"actor=usr_a&limit=1&cursor={first.Text("next_cursor")}")).ShouldBe(["aud_a1"]);
        var entry = (await Store.GetAsync("/api/v1/audit?actor=key_a", fixture.Admin)).Json.GetProperty("data")[0];
        entry.GetProperty("actor").GetRawText().ShouldBe("""{"type":"user","id":"key_a","name":"Ann","user_id":"usr_a"}""");
        entry.GetProperty("changes").GetProperty("role").GetProperty("new").GetString().ShouldBe("admin");
        (await Store.GetAsync("/api/v1/audit?action=user.craeted", fixture.Admin)).FaultyFields().ShouldBe(["action"]);
    }

    [Fact]
    public async Task What_an_operator_releases_and_replays_is_in_the_log()
    {
        var account = (await Store.PostAsync(
            "/api/v1/accounts",
            fixture.Admin,
            StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", fixture.NewInstagramId())))).Json;
        var (id, channel) = (account.GetProperty("id").GetString()!, account.GetProperty("messaging_channel_id").GetString()!);
        (await Store.DeleteAsync("/api/v1/accounts/" + id, fixture.Admin)).Status.ShouldBe(204);
        (await Store.DeleteAsync("/api/v1/reserved-identifiers/" + channel, fixture.Admin)).Status.ShouldBe(204);
        var released = (await Store.OutboxAsync<ActionTaken>(id)).Last();
        (released.Action, released.Target).ShouldBe(("identifier.released", channel));

        var item = new BusItem<ActionTaken>("i1", null, Entry("aud_e1", 0, "usr_e", "usr_e", "user.created", "usr_w"));
        await Store.Get<IUnitOfWork<StoreDbContext>>().ExecuteAsync(scope =>
        {
            scope.Db.Add(DeadLetter.Of("store.action-taken", item, new InvalidOperationException(), TimeProvider.System));
            return Task.CompletedTask;
        });
        var letter = await Store.ReadAsync(db => db.Set<DeadLetter>().Select(row => row.Id).SingleAsync());
        (await Store.CallAsync(HttpMethod.Post, $"/api/v1/dead-letters/store/{letter}/replay", fixture.Admin)).Status.ShouldBe(204);
        (await Store.OutboxAsync<ActionTaken>($"store/{letter}")).ShouldHaveSingleItem().Action.ShouldBe("dead_letter.replayed");
        (await ListAsync("actor=usr_e")).ShouldBe(["aud_e1"]);
    }

    [Fact]
    public async Task A_quarantined_webhook_that_is_replayed_is_in_the_log_and_one_that_nobody_claims_is_not()
    {
        // Of its own, and without the store's own replay: a link wakes that, and it would find them first.
        await using var store = await StoreOverHttp.StartAsync(services => services.RemoveLoopOf<QuarantineReplay>());
        var admin = await store.SignInAsync();
        var channel = fixture.NewInstagramId();
        await store.PostAsync(
            "/api/v1/accounts", admin, StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", channel)));
        var (claimed, other) = (await QuarantineAsync(channel), await QuarantineAsync(fixture.NewInstagramId()));

        (await ReplayAsync(other)).Code.ShouldBe("still_unclaimed");
        (await ReplayAsync(claimed)).Status.ShouldBe(204);

        var told = (await store.OutboxAsync<ActionTaken>("quarantine.replayed")).ShouldHaveSingleItem();
        (told.Target, told.ActorName, told.Changes).ShouldBe(($"{claimed}", StoreOverHttp.Admin, "{}"));
        (await ReplayAsync(claimed)).Status.ShouldBe(404);

        Task<Answer> ReplayAsync(long id) =>
            store.CallAsync(HttpMethod.Post, $"/api/v1/quarantine/{id}/replay", admin);

        Task<long> QuarantineAsync(string to) => store.Get<IUnitOfWork<StoreDbContext>>().ExecuteAsync(async scope =>
        {
            var row = scope.Db.Add(new QuarantinedWebhook
            {
                ChannelId = to,
                Reason = "unknown_account",
                Body = Encoding.UTF8.GetBytes(
                    $$$"""
                    {"object":"instagram","entry":[{"time":1,"id":"{{{to}}}","messaging":[{"sender":{"id":"20"},
                    "recipient":{"id":"{{{to}}}"},"timestamp":1752834910447,"message":{"mid":"q{{{to}}}","text":"hi"} }] }] }
                    """),
                Fingerprint = $"of {to}",
                ReceivedAt = Noon,
            }).Entity;
            await scope.Db.SaveChangesAsync();
            return row.Id;
        });
    }

    [Fact]
    public async Task What_comes_twice_is_kept_once()
    {
        await RecordAsync(Entry("aud_b1", 0, "usr_c", "usr_c", "user.created", "usr_y"));
        await RecordAsync(
            Entry("aud_b1", 0, "usr_c", "usr_c", "user.created", "usr_y"), Entry("aud_b2", 0, "usr_c", "usr_c", "user.deleted", "usr_y"));

        (await ListAsync("actor=usr_c")).ShouldBe(["aud_b2", "aud_b1"]);
    }

    [Fact]
    public async Task Who_sees_only_some_accounts_sees_nothing_of_the_log()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var (_, agent) = await Store.AgentAsync("no-auditor", account);
        var scoped = (await Store.PostAsync(
            "/api/v1/api-keys", fixture.Admin, new { name = "scoped", account_ids = new[] { account }, scopes = StoreOverHttp.AllScopes }))
            .Text("key");
        foreach (var credential in new[] { agent, scoped })
            (await Store.GetAsync("/api/v1/audit?account_id=" + account, credential)).Code.ShouldBe("forbidden");
    }

    [Fact]
    public async Task What_is_older_than_it_is_kept_goes()
    {
        var clock = new FakeTimeProvider(Noon);
        await using var store = await StoreOverHttp.StartAsync(clock, ("Audit:KeepDays", "30"));
        await RecordAsync(
            store,
            Entry("aud_c1", -30 * 24 * 60 - 1, "usr_d", "usr_d", "user.created", "usr_z"),
            Entry("aud_c2", -30 * 24 * 60 + 1, "usr_d", "usr_d", "user.deleted", "usr_z"));

        await store.Get<AuditRetention>().RoundAsync(TestContext.Current.CancellationToken);

        (await store.ReadAsync(db => db.Set<AuditEntry>().Select(row => row.Id).ToListAsync())).ShouldBe(["aud_c2"]);
    }

    private static ActionTaken Entry(
        string id, int minute, string actor, string user, string action, string target, AccountId? account = null) => new(
        id, Noon.AddMinutes(minute), "user", actor, user, "Ann", action, target, account, "203.0.113.9", "r", """
        {"role":{"old":null,"new":"admin"}}
        """);

    private static Task RecordAsync(StoreOverHttp store, params ActionTaken[] actions) =>
        store.Get<IUnitOfWork<StoreDbContext>>().ExecuteAsync(scope => store.Get<RecordActions>().HandleAsync(
            scope, [.. actions.Select((action, n) => new BusItem<ActionTaken>($"i{n}", null, action))]));

    private Task RecordAsync(params ActionTaken[] actions) => RecordAsync(Store, actions);

    private async Task<List<string>> ListAsync(string query) =>
        (await Store.GetAsync("/api/v1/audit?" + query, fixture.Admin)).Ids();

    private Task<int> OutboxCountAsync() =>
        Store.ReadAsync(db => db.Set<OutboxMessage>().CountAsync(row => row.Type == nameof(ActionTaken)));
}
