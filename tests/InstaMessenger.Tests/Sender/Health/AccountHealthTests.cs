using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Sender.Health;

public sealed class AccountHealthTests : SenderTests
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Host.LinkAsync();
    }

    [Fact]
    public async Task One_that_sends_is_healthy()
    {
        var health = await HealthAsync();

        (Text(health, "status"), health.GetProperty("problems").GetArrayLength()).ShouldBe(("healthy", 0));
        health.GetProperty("next_step").ValueKind.ShouldBe(JsonValueKind.Null);
        var sending = health.GetProperty("sending");
        (Text(sending, "state"), sending.GetProperty("queued").GetInt32(), sending.GetProperty("eta_seconds").GetInt64())
            .ShouldBe(("running", 0, 0));
    }

    [Fact]
    public async Task It_says_how_often_the_profile_of_who_wrote_was_known_and_what_is_old_counts_less()
    {
        (await HealthAsync()).GetProperty("profile_cache").GetProperty("hit_rate").ValueKind.ShouldBe(JsonValueKind.Null);

        await Host.CacheUsedAsync(3, 1);
        await Host.CacheUsedAsync(5, 1);
        (await HealthAsync()).GetProperty("profile_cache").GetProperty("hit_rate").GetDouble().ShouldBe(0.8);

        Host.Clock.Advance(TimeSpan.FromDays(1));
        await Host.CacheUsedAsync(15, 0);
        (await HealthAsync()).GetProperty("profile_cache").GetProperty("hit_rate").GetDouble().ShouldBe(0.95);
    }

    [Fact]
    public async Task One_that_Meta_limits_says_until_when_how_many_wait_and_how_long()
    {
        Graph.Answer = (context, _) =>
        {
            context.Response.Headers["x-business-use-case-usage"] =
                """{"1":[{"type":"instagram","call_count":100,"estimated_time_to_regain_access":7}]}""";
            return FakeGraph.Json(context, 400, """{"error":{"code":613}}""");
        };
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Later);
        await Host.SendAsync([.. Enumerable.Range(2, 299).Select(
            n => Host.Text($"{n}", to: InstagramUserId.Parse($"{n}")) with
            {
                Content = n % 10 == 0 ? new OutgoingMedia("video", "https://a.example/v.mp4") : new OutgoingText("hello"),
            })]);

        var health = await HealthAsync();

        Text(health, "status").ShouldBe("degraded");
        var sending = health.GetProperty("sending");
        (Text(sending, "state"), Text(sending, "reason")).ShouldBe(("paused", "rate_limited"));
        sending.GetProperty("queued").GetInt32().ShouldBe(300);
        sending.GetProperty("until").GetDateTimeOffset().ShouldBe(Host.Clock.GetUtcNow().AddMinutes(7), TimeSpan.FromSeconds(1));
        // 30 videos at 10 a second take as long as 300 messages at 100.
        sending.GetProperty("eta_seconds").GetInt64().ShouldBeInRange(422, 424);
    }

    [Fact]
    public async Task How_long_it_takes_follows_from_the_pace_of_a_thread_too()
    {
        var now = Host.Clock.GetUtcNow();
        await Host.WriteAsync(async db => (await db.Accounts.SingleAsync()).Pause(now.AddMinutes(7), "rate_limited", now));
        await Host.SendAsync([.. Enumerable.Range(0, 200).Select(n => Host.Text($"{n}"))]);

        // 200 to one contact, at 20 a second.
        (await HealthAsync()).GetProperty("sending").GetProperty("eta_seconds").GetInt64().ShouldBe(430);
    }

    [Theory]
    [InlineData(190, "token_invalid", false)]
    [InlineData(368, "temporarily_blocked", true)]
    public async Task One_that_needs_somebody_says_what_to_do(int code, string problem, bool hasEnd)
    {
        Graph.Answer = FakeGraph.Error(400, code);
        await Host.SendAsync(Host.Text("1"));
        await Host.OutcomeAsync();

        var health = await HealthAsync();

        (Text(health, "status"), Text(health.GetProperty("problems")[0], "code")).ShouldBe(("action_needed", problem));
        Text(health, "next_step").ShouldNotBeNullOrEmpty();
        (health.GetProperty("sending").GetProperty("until").ValueKind == JsonValueKind.String).ShouldBe(hasEnd);
        (health.GetProperty("sending").GetProperty("eta_seconds").ValueKind == JsonValueKind.Number).ShouldBe(hasEnd);
    }

    [Fact]
    public async Task Nobody_elses_account_is_there()
    {
        (await Host.Http.GetAsync("/api/v1/accounts/acc_2/health")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await Host.LinkAsync(version: 2, unlinked: true);
        (await Host.Http.GetAsync("/api/v1/accounts/acc_1/health")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private Task<JsonElement> HealthAsync() => Host.Http.GetFromJsonAsync<JsonElement>("/api/v1/accounts/acc_1/health");

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
