using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Accounts;

public sealed class LinkAccountTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task A_linked_account_is_answered_and_told_to_the_other_services_in_one_go()
    {
        var (instagramId, channel) = (fixture.NewInstagramId(), fixture.NewInstagramId());
        var answer = await Store.PostAsync("/api/v1/accounts", fixture.Admin, StoreOverHttp.Link(
            instagramId, (
                "messaging_channel_id", channel), ("username", "@my.shop"), ("access_token", "IGAA-secret"), ("login_type", "facebook"),
            ("crm_webhook_url", "https://crm.example/hook?key=1"), ("webhook_secret", "a secret of ours".Replace(' ', '_'))));

        answer.Status.ShouldBe(201);
        var id = answer.Text("id");
        answer.Headers["Location"].ShouldBe("/api/v1/accounts/" + id);
        (
            answer.Text("instagram_account_id"),
            answer.Text("messaging_channel_id"),
            answer.Text("username"),
            answer.Text("login_type"),
            answer.Text("crm_webhook_url"))
            .ShouldBe((instagramId, channel, "my.shop", "facebook", "https://crm.example/hook?key=1"));
        answer.Has("webhook_secret").ShouldBeFalse();
        answer.Raw.ShouldNotContain("IGAA-secret");

        var change = (await Store.OutboxAsync<AccountChanged>(id)).ShouldHaveSingleItem();
        (change.Version, change.InstagramAccountId.Value, change.LoginType, change.CrmWebhookUrl, change.Unlinked)
            .ShouldBe((1, instagramId, LoginType.Facebook, "https://crm.example/hook?key=1", false));
        Store.Unprotect(SecretPurpose.AccessToken, id, change.ProtectedAccessToken).ShouldBe($"IGAA-secret.{instagramId}.{channel}");
        Store.Unprotect(SecretPurpose.WebhookSecret, id, change.ProtectedWebhookSecret).ShouldBe("a_secret_of_ours");

        var connected = (await Store.EventsAsync(id)).ShouldHaveSingleItem();
        connected.GetProperty("type").GetString().ShouldBe("account.connected");
        connected.GetProperty("data").GetProperty("account").GetProperty("username").GetString().ShouldBe("my.shop");
        connected.ToString().ShouldNotContain("secret");
        connected.ToString().ShouldNotContain("crm.example");
        (await IdentifiersAsync(id)).ShouldBe(
            [(channel, IdentifierKind.Channel), (instagramId, IdentifierKind.Instagram), (channel, IdentifierKind.AppScoped)]);
    }

    [Fact]
    public async Task Linking_wakes_the_replay_of_quarantined_webhooks()
    {
        using var never = new CancellationTokenSource(Patience.Long);
        var woken = Store.Get<QuarantineSignal>().SleepAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, never.Token);
        await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        await woken;
    }

    [Fact]
    public async Task Linking_again_updates_the_account_and_keeps_what_is_not_given()
    {
        var (instagramId, channel) = (fixture.NewInstagramId(), fixture.NewInstagramId());
        var first = await Store.PostAsync(
            "/api/v1/accounts",
            fixture.Admin,
            StoreOverHttp.Link(instagramId, ("messaging_channel_id", channel), ("crm_webhook_url", "https://crm.example/")));
        var again = await Store.PostAsync(
            "/api/v1/accounts", fixture.Admin, StoreOverHttp.Link(instagramId, ("access_token", "IGAA-newer")));

        again.Status.ShouldBe(200);
        (again.Text("id"), again.Text("messaging_channel_id"), again.Text("crm_webhook_url"))
            .ShouldBe((first.Text("id"), channel, "https://crm.example/"));
        again.Has("webhook_secret").ShouldBeFalse();
        var changes = await Store.OutboxAsync<AccountChanged>(first.Text("id"));
        changes.Select(change => change.Version).ShouldBe([1, 2]);
        Store.Unprotect(SecretPurpose.AccessToken, first.Text("id"), changes[1].ProtectedAccessToken)
            .ShouldBe($"IGAA-newer.{instagramId}");
        Store.Unprotect(SecretPurpose.WebhookSecret, first.Text("id"), changes[1].ProtectedWebhookSecret)
            .ShouldBe(first.Text("webhook_secret"));
    }

    [Fact]
    public async Task A_webhook_secret_is_made_when_none_is_given_and_shown_once()
    {
        var answer = await Store.PostAsync(
            "/api/v1/accounts",
            fixture.Admin,
            StoreOverHttp.Link(fixture.NewInstagramId(), ("crm_webhook_url", "https://crm.example/hook")));
        var secret = answer.Text("webhook_secret");
        secret.ShouldStartWith("whsec_");
        Convert.FromBase64String(secret["whsec_".Length..]).Length.ShouldBe(32);
        (await Store.GetAsync("/api/v1/accounts/" + answer.Text("id"), fixture.Admin)).Has("webhook_secret").ShouldBeFalse();
    }

    [Fact]
    public async Task An_account_of_somebody_else_is_taken()
    {
        var instagramId = fixture.NewInstagramId();
        var (_, ann) = await Store.AgentAsync("link-ann");
        var (_, bob) = await Store.AgentAsync("link-bob");
        var account = await Store.LinkAsync(ann, instagramId);

        var answer = await Store.PostAsync("/api/v1/accounts", bob, StoreOverHttp.Link(instagramId));
        answer.Status.ShouldBe(409);
        answer.Code.ShouldBe("account_taken");
        (await Store.GetAsync("/api/v1/accounts", bob)).Ids().ShouldBeEmpty();
        (await Store.OutboxAsync<AccountChanged>(account)).Count.ShouldBe(1);

        // Unlinked it is still hers: it holds her messages.
        (await Store.DeleteAsync("/api/v1/accounts/" + account, ann)).Status.ShouldBe(204);
        (await Store.PostAsync("/api/v1/accounts", bob, StoreOverHttp.Link(instagramId))).Code.ShouldBe("identifier_reserved");
        (await Store.PostAsync("/api/v1/accounts", ann, StoreOverHttp.Link(instagramId))).Text("id").ShouldBe(account);
    }

    [Fact]
    public async Task An_id_that_leads_to_another_account_cannot_be_claimed_as_either_kind()
    {
        var (instagramId, channel) = (fixture.NewInstagramId(), fixture.NewInstagramId());
        await Store.PostAsync("/api/v1/accounts", fixture.Admin, StoreOverHttp.Link(instagramId, ("messaging_channel_id", channel)));
        var (_, other) = await Store.AgentAsync("link-claimer");

        foreach (var body in new[]
        {
            StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", channel)),
            StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", instagramId)),
            StoreOverHttp.Link(channel),
        })
        {
            var answer = await Store.PostAsync("/api/v1/accounts", other, body);
            answer.Status.ShouldBe(409);
            answer.Code.ShouldBe("channel_taken");
        }

        (await Store.GetAsync("/api/v1/accounts", other)).Ids().ShouldBeEmpty();
    }

    [Fact]
    public async Task Linked_many_times_at_once_it_is_one_account()
    {
        var instagramId = fixture.NewInstagramId();
        var (_, agent) = await Store.AgentAsync("link-racer");
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Store.PostAsync("/api/v1/accounts", agent, StoreOverHttp.Link(instagramId))));

        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Count(answer => answer.Status == 200).ShouldBe(15);
        var id = answers.Select(answer => answer.Text("id")).Distinct().ShouldHaveSingleItem();
        (await Store.OutboxAsync<AccountChanged>(id)).Select(change => change.Version)
            .ShouldBe(Enumerable.Range(1, 16).Select(i => (long)i));
        (await IdentifiersAsync(id)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Of_two_tenants_who_link_an_account_at_once_one_gets_it()
    {
        var instagramId = fixture.NewInstagramId();
        var (_, ann) = await Store.AgentAsync("race-ann");
        var (_, bob) = await Store.AgentAsync("race-bob");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(i => Store.PostAsync("/api/v1/accounts", i % 2 == 0 ? ann : bob, StoreOverHttp.Link(instagramId))));
        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.Count(answer => answer.Status == 200).ShouldBe(3);
        answers.Count(answer => answer.Code == "account_taken").ShouldBe(4);
    }

    [Theory]
    [InlineData("instagram_account_id", null)]
    [InlineData("instagram_account_id", "17a")]
    [InlineData("instagram_account_id", "123456789012345678901")]
    [InlineData("username", null)]
    [InlineData("username", " @ ")]
    [InlineData("access_token", null)]
    [InlineData("access_token", "  ")]
    [InlineData("access_token", "two\nlines")]
    [InlineData("login_type", "myspace")]
    [InlineData("messaging_channel_id", "")]
    [InlineData("crm_webhook_url", "crm.example/hook")]
    [InlineData("crm_webhook_url", "ftp://crm.example/")]
    [InlineData("crm_webhook_url", "file:///etc/passwd")]
    [InlineData("crm_webhook_url", "https://user:pw@crm.example/")]
    [InlineData("crm_webhook_url", "https://0.0.0.0/")]
    [InlineData("crm_webhook_url", "https://[::]/")]
    [InlineData("crm_webhook_url", "http://crm.example/")]
    [InlineData("crm_webhook_url", "https://10.0.0.1/hook")]
    [InlineData("webhook_secret", "too short")]
    [InlineData("webhook_secret", "whsec_c2hvcnQ=")]
    [InlineData("webhook_secret", "whsec_not base64 at all but long enough")]
    [InlineData("webhook_secret", "long_enough_but_there_is_no_url")]
    public async Task What_is_wrong_is_told_by_the_fields_name(string field, string? value)
    {
        var answer = await Store.PostAsync("/api/v1/accounts", fixture.Admin, StoreOverHttp.Link("178", (field, value)));
        answer.Status.ShouldBe(422);
        answer.FaultyFields().ShouldBe([field]);
    }

    [Theory]
    [InlineData("dead", 422, "token_invalid")]
    [InlineData("away", 503, "meta_unavailable")]
    public async Task A_token_that_Meta_does_not_take_changes_nothing(string token, int status, string code)
    {
        var instagramId = fixture.NewInstagramId();
        var account = await Store.LinkAsync(fixture.Admin, instagramId);
        var path = "/api/v1/accounts/" + account;

        foreach (var answer in new[]
        {
            await Store.PostAsync("/api/v1/accounts", fixture.Admin, StoreOverHttp.Link(fixture.NewInstagramId(), ("access_token", token))),
            await Store.PostAsync("/api/v1/accounts", fixture.Admin, StoreOverHttp.Link(instagramId, ("access_token", token))),
            await Store.PatchAsync(path, fixture.Admin, new { username = "renamed", access_token = token }),
        }) (answer.Status, answer.Code).ShouldBe((status, code));

        (await Store.GetAsync(path, fixture.Admin)).Text("username").ShouldBe("shop");
        (await Store.OutboxAsync<AccountChanged>(account)).Count.ShouldBe(1);
    }

    /// <summary>Whoever knew the id of an account could once have its webhooks.</summary>
    [Fact]
    public async Task An_id_that_the_tokens_account_does_not_have_cannot_be_claimed_with_it()
    {
        var (own, foreign) = (fixture.NewInstagramId(), fixture.NewInstagramId());
        var account = await Store.LinkAsync(fixture.Admin, own);
        var token = "IGAA-token." + own;

        foreach (var (field, answer) in new[]
        {
            ("instagram_account_id", await LinkAsync(foreign, new { })),
            ("messaging_channel_id", await LinkAsync(own, new { messaging_channel_id = foreign })),
            ("page_id", await LinkAsync(own, new { page_id = foreign })),
            ("messaging_channel_id", await Store.PatchAsync(
                "/api/v1/accounts/" + account, fixture.Admin, new { messaging_channel_id = foreign })),
            ("instagram_account_id", await Store.PatchAsync(
                "/api/v1/accounts/" + account, fixture.Admin, new { access_token = "IGAA-token." + foreign })),
        })
        {
            (answer.Status, answer.Code).ShouldBe((422, "token_of_another_account"));
            answer.FaultyFields().ShouldBe([field]);
        }

        (await IdentifiersAsync(account)).ShouldBe([(own, IdentifierKind.Instagram)]);

        Task<Answer> LinkAsync(string id, object more) => Store.PostAsync(
            "/api/v1/accounts",
            fixture.Admin,
            more.GetType().GetProperties().ToDictionary(member => member.Name, member => member.GetValue(more))
                .Concat(new Dictionary<string, object?>
                {
                    ["instagram_account_id"] = id, ["username"] = "shop", ["access_token"] = token,
                }).ToDictionary());
    }

    /// <summary>The id that an app alone knows matches no webhook; accounts were once linked by it, and never got a message.</summary>
    [Fact]
    public async Task An_account_that_is_named_by_its_apps_id_is_linked_by_the_one_that_webhooks_carry()
    {
        var (instagramId, appScoped) = (fixture.NewInstagramId(), fixture.NewInstagramId());
        var wrong = await Store.LinkAsync(fixture.Admin, appScoped);
        var token = $"IGAA-token.{instagramId}.{appScoped}";

        var answer = await Store.PostAsync(
            "/api/v1/accounts",
            fixture.Admin,
            new { instagram_account_id = appScoped, username = "shop", access_token = token });

        (answer.Status, answer.Text("id"), answer.Text("instagram_account_id")).ShouldBe((200, wrong, instagramId));
        (await IdentifiersAsync(wrong)).ShouldContain((instagramId, IdentifierKind.Instagram));
        (await Store.OutboxAsync<AccountChanged>(wrong))[^1].InstagramAccountId.Value.ShouldBe(instagramId);
    }

    private async Task<List<(string, IdentifierKind)>> IdentifiersAsync(string accountId)
    {
        var id = InstaMessenger.Contracts.Ids.AccountId.Parse(accountId);
        var rows = await Store.ReadAsync(
            db => db.AccountIdentifiers.Where(row => row.AccountId == id).OrderBy(row => row.Kind).ToListAsync());
        return rows.ConvertAll(row => (row.ExternalId, row.Kind));
    }
}
