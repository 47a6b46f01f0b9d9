using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>What Meta says of an account or of the app, and what waits for it.</summary>
public sealed class HoldBackTests : SenderTests
{
    private static readonly InstagramUserId Other = InstagramUserId.Parse("43");

    [Fact]
    public async Task A_refused_token_stops_the_account_until_another_one_comes()
    {
        var success = Graph.Answer;
        Graph.Answer = FakeGraph.Error(401, 190, 463);
        await Host.LinkAsync(version: 1, token: "OLD");
        await Host.SendAsync(Host.Text("1"));
        var later = await Host.OutcomeAsync();
        (later.Outcome, later.Error!.Code, later.Error.Retryable, later.Error.RetryAt)
            .ShouldBe((SendOutcome.Later, "token_invalid", true, null));

        Graph.Answer = success;
        await Host.SendAsync(Host.Text("2", to: Other));
        await Host.LinkAsync(version: 2, token: "NEW");
        await Host.OutcomeAsync();
        await Host.OutcomeAsync();
        string[] tokens =
            [(await Graph.NextAsync()).Authorization, (await Graph.NextAsync()).Authorization, (await Graph.NextAsync()).Authorization];
        tokens.ShouldBe(["Bearer OLD", "Bearer NEW", "Bearer NEW"]);
    }

    /// <summary>Who asked for it was told nothing, and waited for an answer that could not come.</summary>
    [Fact]
    public async Task A_send_of_an_account_that_rests_is_told_at_once()
    {
        await Host.LinkAsync();
        var until = Host.Clock.GetUtcNow().AddMinutes(7);
        await Host.WriteAsync(async db => (await db.Accounts.SingleAsync()).Pause(until, "rate_limited", Host.Clock.GetUtcNow()));

        await Host.SendAsync(Host.Text("1"));

        var later = await Host.OutcomeAsync();
        (later.Attempt, later.Outcome, later.Error!.Code, later.Error.Retryable, later.Error.RetryAt)
            .ShouldBe((0, SendOutcome.Later, "rate_limited", true, until));
        (await Host.RowAsync("1")).State.ShouldBe(LedgerState.Queued);
        Graph.Count.ShouldBe(0);
        Host.Clock.Advance(TimeSpan.FromMinutes(7));
        (await Host.OutcomeAsync(TimeSpan.FromSeconds(1))).Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Fact]
    public async Task Private_replies_beyond_what_Meta_takes_wait_and_say_until_when()
    {
        await Host.LinkAsync();
        var replies = Enumerable.Range(1, 52).Select(n => Host.Text($"{n}", to: InstagramUserId.Parse($"{1000 + n}")) with
        {
            Content = new OutgoingText("hi") { CommentId = $"{n}" },
        });

        await Host.SendAsync([.. replies]);

        var ends = new List<SendReported>();
        while (ends.Count < 52) ends.Add(await Host.OutcomeAsync(TimeSpan.FromMilliseconds(20)));
        ends.Count(end => end.Outcome == SendOutcome.Sent).ShouldBeGreaterThanOrEqualTo(50);
        var waits = ends.FindAll(end => end.Outcome == SendOutcome.Later);
        waits.ShouldNotBeEmpty();
        waits.ShouldAllBe(end => end.Error!.Code == "private_replies_paced" && end.Error.RetryAt > end.At);
        while (Graph.Count < 52) await Host.OutcomeAsync(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task After_a_rate_limit_the_account_rests_and_then_sends_one_as_a_probe()
    {
        var success = Graph.Answer;
        var release = new TaskCompletionSource();
        Graph.Answer = async (context, number) =>
        {
            context.Response.Headers["x-business-use-case-usage"] = number == 1
                ? """{"1":[{"type":"instagram","call_count":100,"estimated_time_to_regain_access":7}]}"""
                : "{}";
            if (number == 1)
            {
                await FakeGraph.Error(400, 80002)(context, number);
                return;
            }

            await release.Task;
            await success(context, number);
        };
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"));
        var later = await Host.OutcomeAsync();
        (later.Error!.Code, later.Error.RetryAt).ShouldBe(("rate_limited", Host.Clock.GetUtcNow().AddMinutes(7)));
        await Graph.NextAsync();

        await Host.SendAsync(Host.Text("2", to: Other), Host.Text("3", to: InstagramUserId.Parse("44")));
        for (var i = 0; i < 2; i++) (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Later);
        var probe = Graph.NextAsync();
        Host.Clock.Advance(TimeSpan.FromMinutes(6));
        Host.Clock.Advance(TimeSpan.FromSeconds(55));
        while (!probe.IsCompleted)
        {
            Host.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(probe, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        await probe;

        (Host.Clock.GetUtcNow() - later.At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(7));
        await ClaimedAsync(1);
        release.SetResult();
        for (var i = 0; i < 3; i++) (await Host.OutcomeAsync(TimeSpan.FromMilliseconds(100))).Outcome.ShouldBe(SendOutcome.Sent);
        await Host.WriteAsync(async db => (await db.Accounts.SingleAsync()).Pauses.ShouldBe(0));
    }

    [Fact]
    public async Task A_probe_that_Meta_looks_at_and_refuses_ends_the_rest_like_one_that_it_takes()
    {
        Graph.Answer = (context, number) => FakeGraph.Error(400, number == 1 ? 80002 : 551)(context, number);
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Error!.Code.ShouldBe("rate_limited");

        Host.Clock.Advance(TimeSpan.FromHours(1));

        (await Host.OutcomeAsync(TimeSpan.FromMilliseconds(100))).Error!.Code.ShouldBe("recipient_unavailable");
        await Host.WriteAsync(async db => (await db.Accounts.SingleAsync()).Pauses.ShouldBe(0));
    }

    [Fact]
    public async Task The_apps_limit_rests_every_account()
    {
        var second = AccountId.Parse("acc_2");
        Graph.Answer = FakeGraph.Error(400, 4);
        await Host.LinkAsync();
        await Host.LinkAsync(account: second);
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Error!.Code.ShouldBe("rate_limited");
        await Host.WriteAsync(async db =>
            (await db.Accounts.Select(account => account.PauseReason).ToListAsync()).ShouldBe(["rate_limited", "rate_limited"]));
    }

    [Fact]
    public async Task The_apps_limit_that_calls_meet_together_is_one_pause_for_every_account()
    {
        await Host.LinkAsync();
        await Host.LinkAsync(account: AccountId.Parse("acc_2"));
        var limit = new CallLimit("rate_limited", HoldBack.App, null);

        await Host.WriteAsync(async db =>
        {
            var account = await db.Accounts.SingleAsync(row => row.AccountId == SenderHost.Account);
            foreach (var jitter in new[] { 0, 0.5, 1 })
                await HoldBacks.ApplyAsync(db, account, null, limit, jitter, Host.Clock.GetUtcNow());
        });

        await Host.WriteAsync(async db =>
        {
            var accounts = await db.Accounts.AsNoTracking().ToListAsync();
            accounts.ShouldAllBe(account => account.Pauses == 1);
            accounts.Select(account => account.PausedUntil).Distinct().ShouldHaveSingleItem();
        });
    }

    [Fact]
    public async Task Usage_near_its_limit_rests_the_account_although_the_send_went_through()
    {
        var success = Graph.Answer;
        Graph.Answer = (context, number) =>
        {
            context.Response.Headers["x-app-usage"] = """{"call_count":95,"total_time":1,"total_cputime":1}""";
            return success(context, number);
        };
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        await Host.WriteAsync(
            async db => (await db.Accounts.SingleAsync()).PausedUntil.ShouldNotBeNull().ShouldBeGreaterThan(Host.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task Usage_that_rises_slows_the_account_down_before_it_must_rest()
    {
        var success = Graph.Answer;
        Graph.Answer = (context, number) =>
        {
            context.Response.Headers["x-app-usage"] = """{"call_count":94,"total_time":1,"total_cputime":1}""";
            return success(context, number);
        };
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"));
        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);

        var pace = Host.Services.GetRequiredService<Pace>();
        pace.Take(SenderHost.Account, Other, heavy: false);

        pace.HasRoom(SenderHost.Account, heavy: false).ShouldBeFalse("ten a second are left, and one at a time");
        await Host.WriteAsync(async db => (await db.Accounts.SingleAsync()).PausedUntil.ShouldBeNull());
    }

    [Fact]
    public async Task An_account_whose_row_cannot_be_read_holds_up_its_own_sends_alone()
    {
        var rotten = AccountId.Parse("acc_2");
        await Host.LinkAsync();
        await Host.LinkAsync(account: rotten);
        await Host.WriteAsync(db => db.Database.ExecuteSqlRawAsync(
            "UPDATE accounts SET instagram_account_id = 'no digits' WHERE account_id = 'acc_2'"));

        await Host.SendAsync(Host.Text("1", account: rotten), Host.Text("2"));

        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
    }

    [Fact]
    public async Task A_send_waits_for_the_account_as_it_was_when_the_send_was_accepted()
    {
        await Host.LinkAsync(version: 1, token: "OLD");
        await Host.SendAsync(Host.Text("1", accountVersion: 2), Host.Text("2", to: Other));
        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        await Host.LinkAsync(version: 2, token: "NEW");
        (await Host.OutcomeAsync()).Attempt.ShouldBe(1);
        await Host.LinkAsync(version: 1, token: "OLD");
        await Host.WriteAsync(async db => (await db.Accounts.SingleAsync()).Version.ShouldBe(2));
    }

    [Fact]
    public async Task A_token_that_cannot_be_read_holds_up_its_own_account_alone()
    {
        var second = AccountId.Parse("acc_2");
        await Host.LinkAsync();
        await Host.LinkAsync(account: second);
        await Host.WriteAsync(db => db.Accounts.Where(row => row.AccountId == second)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ProtectedToken, "not%a=token")));
        await Host.SendAsync(Host.Text("1", account: second), Host.Text("2"));

        SendReported[] reports = [await Host.OutcomeAsync(), await Host.OutcomeAsync()];

        reports.OrderBy(report => report.MessageId.Value).Select(report => (report.Outcome, report.Error?.Code))
            .ShouldBe([(SendOutcome.Later, "token_unreadable"), (SendOutcome.Sent, null)]);
        Graph.Count.ShouldBe(1);
    }

    private Task ClaimedAsync(int expected) =>
        Host.WriteAsync(async db => (await db.Ledger.CountAsync(row => row.State == LedgerState.Claimed)).ShouldBe(expected));
}
