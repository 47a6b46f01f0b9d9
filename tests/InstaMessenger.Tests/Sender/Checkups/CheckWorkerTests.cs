using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Checkups;
using InstaMessenger.Sender.Data;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Checkups;

/// <summary>What Meta is asked about an account, and what its owner is told of the answers.</summary>
public sealed class CheckWorkerTests : SenderTests
{
    private readonly HashSet<string> _subscribed = [];
    private string? _refusal;

    /// <summary>A field that Meta never subscribes, although it says that it did.</summary>
    private string? _lost;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Graph.Own = AnswerAsync;
    }

    [Fact]
    public async Task A_linked_account_is_subscribed_to_every_field_that_is_handled_and_the_subscription_is_read_back()
    {
        await Host.LinkAsync();
        var health = await CheckAsync();

        var subscription = health.GetProperty("subscription");
        Names(subscription.GetProperty("fields")).ShouldBe(
            [
                "comments", "live_comments", "message_echoes", "message_edit", "message_reactions", "messages", "messaging_handover",
                "messaging_postbacks", "messaging_referral", "messaging_seen", "standby",
            ]);
        Names(subscription.GetProperty("missing")).ShouldBeEmpty();
        subscription.GetProperty("checked_at").GetDateTimeOffset().ShouldBe(Host.Clock.GetUtcNow(), TimeSpan.FromSeconds(1));
        (health.GetProperty("status").GetString(), health.GetProperty("token").GetProperty("state").GetString())
            .ShouldBe(("healthy", "valid"));
    }

    /// <summary>Users of other inboxes were "connected" for weeks without a message (lessons 7).</summary>
    [Fact]
    public async Task A_field_that_Meta_does_not_subscribe_although_it_says_so_is_told()
    {
        _lost = "messages";
        await Host.LinkAsync();

        var health = (await Host.HealthToldAsync());

        Names(health.GetProperty("subscription").GetProperty("missing")).ShouldBe(["messages"]);
        Problem(health).ShouldBe("subscription_missing");
        health.GetProperty("next_step").GetString().ShouldNotBeNullOrEmpty();
        _lost = null;
        (await CheckAsync()).GetProperty("status").GetString().ShouldBe("healthy");
        (await Host.HealthToldAsync()).GetProperty("status").GetString()
            .ShouldBe("healthy");
    }

    [Theory]
    [InlineData("""{"error":{"code":200,"error_subcode":2534041}}""", "message_access_off", "Allow access")]
    [InlineData("""{"error":{"code":10}}""", "permission_missing", "connect the account again")]
    public async Task What_Meta_refuses_is_told_with_what_to_do(string refusal, string code, string step)
    {
        _refusal = refusal;
        await Host.LinkAsync();

        var health = await CheckAsync();

        (health.GetProperty("status").GetString(), Problem(health)).ShouldBe(("action_needed", code));
        health.GetProperty("next_step").GetString()!.ShouldContain(step);
    }

    [Fact]
    public async Task Trouble_at_Meta_is_no_trouble_of_the_accounts()
    {
        Graph.Own = context => FakeGraph.Json(context, 500, "{}");
        await Host.LinkAsync();

        var health = await CheckAsync();

        health.GetProperty("status").GetString().ShouldBe("healthy");
        health.GetProperty("subscription").GetProperty("checked_at").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_send_that_is_refused_for_what_concerns_the_whole_account_is_a_problem_of_the_account()
    {
        await Host.LinkAsync();
        await CheckAsync();
        Graph.Answer = FakeGraph.Error(400, 200, 2018028);
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Error!.Code.ShouldBe("app_not_live");

        var health = (await Host.HealthToldAsync());

        Problem(health).ShouldBe("app_not_live");
        // Sent since, and nothing is refused any more: it is over.
        Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await Host.ActiveAsync(new AccountActive(SenderHost.Account, Host.Clock.GetUtcNow(), Host.Clock.GetUtcNow(), null));
        (await CheckAsync()).GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task Messages_that_go_out_and_never_come_back_as_echoes_are_told()
    {
        await Host.LinkAsync();
        await CheckAsync();
        var now = Host.Clock.GetUtcNow();
        await Host.ActiveAsync(new AccountActive(SenderHost.Account, now.AddHours(-30), now, 3));
        Host.Clock.Advance(TimeSpan.FromMinutes(11));

        var health = await HealthAsync();

        health.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("code").GetString())
            .ShouldBe(["no_webhooks", "quarantined_webhooks"]);
        (health.GetProperty("quarantined").GetInt32(), health.GetProperty("last_sent_at").GetDateTimeOffset()).ShouldBe((3, now));
    }

    [Fact]
    public async Task How_complete_the_last_day_was_is_in_the_health_and_an_older_comparison_changes_nothing()
    {
        await Host.LinkAsync();
        (await HealthAsync()).GetProperty("completeness").ValueKind.ShouldBe(JsonValueKind.Null);
        var now = Host.Clock.GetUtcNow();
        await Host.ActiveAsync(Compared(now, 1999, 1));
        await Host.ActiveAsync(Compared(now.AddMinutes(-1), 0, 50));

        foreach (var health in new[] { await HealthAsync(), await ListedAsync() })
        {
            var shown = health.GetProperty("completeness");
            shown.GetProperty("checked_at").GetDateTimeOffset().ShouldBe(now, TimeSpan.FromMilliseconds(1));
            (shown.GetProperty("known").GetInt32(), shown.GetProperty("missing").GetInt32(), shown.GetProperty("percent").GetDouble())
                .ShouldBe((1999, 1, 99.9));
        }

        static AccountActive Compared(DateTimeOffset at, int known, int missing) =>
            new(SenderHost.Account, null, null, null) { Completeness = new Completeness(at, known, missing) };
        async Task<JsonElement> ListedAsync() =>
            (await Host.Http.GetFromJsonAsync<JsonElement>("/api/v1/health/accounts")).GetProperty("data")[0];
    }

    [Fact]
    public async Task An_account_that_is_unlinked_is_unsubscribed_with_the_token_that_it_had()
    {
        await Host.LinkAsync();
        await CheckAsync();
        while (Graph.OwnCalls.Reader.TryRead(out _))
        {
        }

        await Host.LinkAsync(version: 2, unlinked: true);

        FakeGraph.Call call;
        do call = await Graph.OwnCalls.Reader.ReadAsync(Patience.Token());
        while (!call.Path.StartsWith("DELETE", StringComparison.Ordinal));
        (call.Path, call.Authorization).ShouldBe(("DELETE /v26.0/me/subscribed_apps", "Bearer IGTOKEN"));
    }

    [Fact]
    public async Task All_accounts_are_listed_with_what_is_wrong_and_a_stranger_sees_none_of_them()
    {
        await Host.LinkAsync();
        await Host.LinkAsync(account: InstaMessenger.Contracts.Ids.AccountId.Parse("acc_2"));
        await CheckAsync();

        var list = await Host.Http.GetFromJsonAsync<JsonElement>("/api/v1/health/accounts");

        var row = list.GetProperty("data").EnumerateArray().ShouldHaveSingleItem();
        (row.GetProperty("account_id").GetString(), row.GetProperty("status").GetString(),
            row.GetProperty("sending").GetProperty("state").GetString()).ShouldBe(("acc_1", "healthy", "running"));
        list.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("UPDATE accounts SET instagram_account_id = 'no digits' WHERE account_id <> 'acc_1'")]
    [InlineData("UPDATE checkups SET last_sent_at = -999999999999999999 WHERE account_id <> 'acc_1'")]
    public async Task A_row_that_cannot_be_read_keeps_no_other_account_from_being_looked_at(string rot)
    {
        await Host.LinkAsync();
        for (var n = 10; n < 19; n++) await Host.LinkAsync(account: AccountId.Parse($"acc_{n}"));
        var linked = Host.Clock.GetUtcNow();
        await CheckedAsync(10, linked);
        await Host.WriteAsync(db => db.Database.ExecuteSqlRawAsync(rot));
        Host.Clock.Advance(TimeSpan.FromHours(25));

        var worker = Host.Services.GetRequiredService<CheckWorker>();
        await worker.RoundAsync(default);
        await worker.RoundAsync(default);

        await CheckedAsync(1, linked.AddHours(25));
    }

    [Fact]
    public async Task An_account_whose_id_is_none_does_not_keep_the_process_from_its_start()
    {
        await Host.LinkAsync();
        await Host.LinkAsync(account: AccountId.Parse("acc_2"));
        await Host.WriteAsync(async db =>
        {
            await db.Set<Checkup>().ExecuteDeleteAsync();
            await db.Database.ExecuteSqlRawAsync("UPDATE accounts SET account_id = 'no id' WHERE account_id = 'acc_2'");
        });
        await Host.CloseAsync();

        await Host.OpenAsync(Graph.Address);

        await Host.WriteAsync(async db => (await db.Set<Checkup>().SingleAsync()).AccountId.ShouldBe(SenderHost.Account));
    }

    /// <summary>The worker looks by itself as well, so one that is due may be in its hands.</summary>
    private async Task CheckedAsync(int accounts, DateTimeOffset since)
    {
        var factory = Host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>();
        using var limit = new CancellationTokenSource(Patience.Long);
        while (true)
        {
            await using var db = await factory.CreateDbContextAsync(limit.Token);
            if (await db.Set<Checkup>().CountAsync(row => row.CheckedAt >= since, limit.Token) == accounts) return;
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }

    private static List<string?> Names(JsonElement list) => [.. list.EnumerateArray().Select(name => name.GetString())];

    private static string? Problem(JsonElement health) =>
        health.GetProperty("problems").EnumerateArray().ShouldHaveSingleItem().GetProperty("code").GetString();

    private Task<JsonElement> HealthAsync() => Host.Http.GetFromJsonAsync<JsonElement>("/api/v1/accounts/acc_1/health");

    private async Task<JsonElement> CheckAsync()
    {
        using var answer = await Host.Http.PostAsync("/api/v1/accounts/acc_1/health/check", null);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (_refusal is not null) return FakeGraph.Json(context, 403, _refusal);
        if (request.Method == "POST")
            _subscribed.UnionWith(request.Query["subscribed_fields"].ToString().Split(',').Where(field => field != _lost));
        if (request.Method == "DELETE") _subscribed.Clear();
        var fields = string.Join(',', _subscribed.Select(field => $"\"{field}\""));
        return FakeGraph.Json(context, 200, $$"""{"success":true,"data":[{"id":"1","subscribed_fields":[{{fields}}]}]}""");
    }
}
