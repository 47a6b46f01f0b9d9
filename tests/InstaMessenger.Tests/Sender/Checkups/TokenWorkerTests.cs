using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Checkups;
using InstaMessenger.Sender.Data;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Checkups;

/// <summary>Tokens live 60 days; nobody should have to think of it.</summary>
public sealed class TokenWorkerTests : SenderTests
{
    private const string Refreshed = """{"access_token":"IGTOKEN-2","token_type":"bearer","expires_in":5183944}""";

    private DateTimeOffset Start { get; set; }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Start = Host.Clock.GetUtcNow();
        Graph.Own = context => FakeGraph.Json(
            context, 200, context.Request.Path.Value!.EndsWith("/refresh_access_token", StringComparison.Ordinal) ? Refreshed : "{}");
    }

    [Fact]
    public async Task A_token_that_has_lost_half_of_its_life_is_refreshed_and_the_new_one_goes_to_the_store()
    {
        await Host.LinkAsync(expiresAt: Start.AddDays(60));
        Host.Clock.Advance(TimeSpan.FromDays(29.9));
        await RoundAsync();
        RefreshCalls().ShouldBeEmpty();

        Host.Clock.Advance(TimeSpan.FromDays(1.2));
        await RoundAsync();

        (await NextRefreshAsync()).Body.ShouldContain("grant_type=ig_refresh_token&access_token=IGTOKEN");
        var refreshed = await Host.Refreshes.Reader.ReadAsync(Patience.Token());
        refreshed.AccountId.ShouldBe(SenderHost.Account);
        refreshed.ExpiresAt!.Value.ShouldBe(Host.Clock.GetUtcNow().AddSeconds(5183944), TimeSpan.FromSeconds(1));
        Host.Services.GetRequiredService<SecretProtector>()
            .Unprotect(SecretPurpose.AccessToken, SenderHost.Account, refreshed.ProtectedAccessToken).ShouldBe("IGTOKEN-2");
    }

    [Fact]
    public void The_tokens_of_ten_thousand_accounts_that_were_linked_together_are_refreshed_over_a_whole_day()
    {
        var random = new Random(7);
        var hours = Enumerable.Range(0, 10_000)
            .Select(_ => Checkup.FirstRefresh(Start, Start.AddDays(60), random.NextDouble()))
            .GroupBy(due => (int)(due - Start.AddDays(30)).TotalHours).ToDictionary(due => due.Key, due => due.Count());

        hours.Keys.Order().ShouldBe(Enumerable.Range(0, 24));
        // 417 in an hour on average.
        hours.Values.Max().ShouldBeLessThan(520);
    }

    /// <summary>A pasted token does not say when it ends; Meta refreshes none that is younger than a day.</summary>
    [Fact]
    public async Task One_whose_end_is_not_known_is_refreshed_as_soon_as_Meta_may_take_it()
    {
        await Host.LinkAsync();
        Host.Clock.Advance(TimeSpan.FromHours(23.9));
        await RoundAsync();
        RefreshCalls().ShouldBeEmpty();

        Host.Clock.Advance(TimeSpan.FromHours(24.2));
        await RoundAsync();

        await NextRefreshAsync();
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(503, "<html>")]
    [InlineData(400, """{"error":{"code":2}}""")]
    [InlineData(403, """{"error":{"code":10}}""")]
    public async Task Trouble_at_Meta_never_means_that_the_owner_must_connect_again(int status, string body)
    {
        Graph.Own = context => FakeGraph.Json(context, status, body);
        await Host.LinkAsync(expiresAt: Start.AddDays(60));
        Host.Clock.Advance(TimeSpan.FromDays(31.5));
        await RoundAsync();
        await NextRefreshAsync();

        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        // It is tried again by itself.
        Graph.Own = context => FakeGraph.Json(context, 200, Refreshed);
        Host.Clock.Advance(TimeSpan.FromDays(2));
        await RoundAsync();
        (await Host.Refreshes.Reader.ReadAsync(Patience.Token())).AccountId.ShouldBe(SenderHost.Account);
    }

    [Fact]
    public async Task Code_190_pauses_sending_is_told_once_and_another_token_sets_what_waits_free()
    {
        Graph.Own = context => FakeGraph.Json(context, 401, """{"error":{"code":190,"error_subcode":463}}""");
        await Host.LinkAsync(expiresAt: Start.AddDays(60));
        Host.Clock.Advance(TimeSpan.FromDays(31.5));
        await RoundAsync();
        // The worker's own round may have been the one that asked, and be under way.
        while (!await IsRefusedAsync()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Patience.Token());

        await Host.SendAsync(Host.Text("1"));
        var health = await Host.HealthToldAsync();
        (health.GetProperty("status").GetString(), health.GetProperty("token").GetProperty("state").GetString(),
            health.GetProperty("sending").GetProperty("state").GetString(), health.GetProperty("next_step").GetString())
            .ShouldBe(("action_needed", "invalid", "paused", "Connect the account again."));
        Graph.Count.ShouldBe(0);

        Graph.Own = context => FakeGraph.Json(context, 200, """{"data":[{"subscribed_fields":["messages"]}]}""");
        await Host.LinkAsync(version: 2, token: "IGTOKEN-NEW", expiresAt: Host.Clock.GetUtcNow().AddDays(60));
        SendReported outcome;
        do outcome = await Host.OutcomeAsync();
        while (outcome.Outcome == SendOutcome.Later);
        outcome.Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Fact]
    public async Task A_Page_token_has_no_end_and_is_not_refreshed()
    {
        await Host.LinkAsync(login: LoginType.Facebook);
        Host.Clock.Advance(TimeSpan.FromDays(90));
        await RoundAsync();
        RefreshCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_end_that_comes_near_is_told_at_14_7_and_1_days_and_when_it_is_over()
    {
        Graph.Own = context => FakeGraph.Json(context, 500, "{}");
        await Host.LinkAsync(expiresAt: Start.AddDays(60));
        await GoToAsync(45.9);
        Host.Health.Reader.TryRead(out _).ShouldBeFalse();

        foreach (var (day, left, code) in new[]
        {
            (46.1, 13, "token_expires_soon"), (53.1, 6, "token_expires_soon"), (59.1, 0, "token_expires_soon"), (60.1, 0, "token_expired"),
        })
        {
            await GoToAsync(day);
            var health = await Host.HealthToldAsync();
            (health.GetProperty("token").GetProperty("days_left").GetInt32(), health.GetProperty("problems")[0].GetProperty("code")
                .GetString()).ShouldBe((left, code));
            // Once for each, however often it is looked at.
            await GoToAsync(day + 0.5);
            Host.Health.Reader.TryRead(out _).ShouldBeFalse();
        }

        async Task GoToAsync(double day)
        {
            Host.Clock.Advance(Start.AddDays(day) - Host.Clock.GetUtcNow());
            await Host.Services.GetRequiredService<InstaMessenger.Sender.Health.HealthWorker>().RoundAsync(default);
        }
    }

    /// <summary>The schedule of ten thousand accounts that were linked in one minute.</summary>
    [Fact]
    public void Accounts_that_were_linked_together_are_not_refreshed_together()
    {
        var random = new Random(7);
        var due = Enumerable.Range(0, 10_000).Select(_ => Checkup.FirstRefresh(Start, Start.AddDays(60), random.NextDouble())).ToList();

        due.Min().ShouldBeGreaterThanOrEqualTo(Start.AddDays(30));
        due.Max().ShouldBeLessThanOrEqualTo(Start.AddDays(31));
        due.GroupBy(at => (int)(at - Start).TotalHours).Max(hour => hour.Count()).ShouldBeLessThan(500);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    public void A_token_that_ends_within_hours_is_tried_in_time(int hours) =>
        Checkup.FirstRefresh(Start, Start.AddHours(hours), jitter: 0.9).ShouldBeLessThan(Start.AddHours(hours));

    /// <summary>More of them than a round takes, all due before the one that is well.</summary>
    [Theory]
    [InlineData("UPDATE accounts SET instagram_account_id = 'no digits' WHERE account_id <> 'acc_1'")]
    [InlineData("UPDATE checkups SET token_since = -999999999999999999 WHERE account_id <> 'acc_1'")]
    public async Task A_row_that_cannot_be_read_keeps_no_other_token_from_being_refreshed(string rot)
    {
        await Host.LinkAsync(expiresAt: Start.AddDays(60));
        for (var n = 10; n < 19; n++) await Host.LinkAsync(account: AccountId.Parse($"acc_{n}"), expiresAt: Start.AddDays(50));
        await Host.WriteAsync(db => db.Database.ExecuteSqlRawAsync(rot));
        Host.Clock.Advance(TimeSpan.FromDays(31.5));

        await RoundAsync();
        await RoundAsync();

        (await Host.Refreshes.Reader.ReadAsync(Patience.Token())).AccountId.ShouldBe(SenderHost.Account);
    }

    private async Task<bool> IsRefusedAsync()
    {
        await using var db = await Host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync();
        return await db.Accounts.AnyAsync(row => row.TokenRefused);
    }

    private Task<NextRound> RoundAsync() => Host.Services.GetRequiredService<TokenWorker>().RoundAsync(default);

    private List<FakeGraph.Call> RefreshCalls()
    {
        var calls = new List<FakeGraph.Call>();
        while (Graph.OwnCalls.Reader.TryRead(out var call))
            if (call.Path == "GET /refresh_access_token") calls.Add(call);
        return calls;
    }

    /// <summary>The worker looks by itself as well, whenever the clock has moved.</summary>
    private async Task<FakeGraph.Call> NextRefreshAsync()
    {
        while (true)
        {
            var call = await Graph.OwnCalls.Reader.ReadAsync(Patience.Token());
            if (call.Path == "GET /refresh_access_token") return call;
        }
    }
}
