using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>Claim, call, record: the whole way, with a real database and a Graph API over real HTTP.</summary>
public sealed class SendFlowTests : IAsyncLifetime
{
    private static readonly InstagramUserId Other = InstagramUserId.Parse("43");
    private FakeGraph _graph = null!;
    private SenderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _graph = await FakeGraph.StartAsync();
        _host = await SenderHost.StartAsync(_graph.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _graph.DisposeAsync();
    }

    [Fact]
    public async Task A_send_is_announced_called_and_recorded_and_its_text_is_erased()
    {
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1"));

        (await _host.Reports.Reader.ReadAsync(Patience.Token())).Outcome.ShouldBe(SendOutcome.Sending);
        var sent = await _host.Reports.Reader.ReadAsync(Patience.Token());
        (sent.Outcome, sent.Attempt, sent.InstagramMessageId).ShouldBe((SendOutcome.Sent, 1, InstagramMessageId.Parse("mid.1")));
        var call = await _graph.NextAsync();
        call.Path.ShouldBe("/v26.0/17841400000000001/messages");
        call.Authorization.ShouldBe("Bearer IGTOKEN");
        call.Body.ShouldBe("""{"recipient":{"id":"42"},"message":{"text":"hello"}}""");
        call.ContentLength.ShouldBe(call.Body.Length);
        var row = await _host.RowAsync("1");
        (row.State, row.Content, row.DueAt).ShouldBe((LedgerState.Sent, null, null));
    }

    [Fact]
    public async Task A_Page_sends_as_me()
    {
        await _host.LinkAsync(login: LoginType.Facebook);
        await _host.SendAsync(_host.Text("1"));
        (await _graph.NextAsync()).Path.ShouldBe("/v26.0/me/messages");
    }

    [Fact]
    public async Task A_command_that_comes_again_is_not_sent_again()
    {
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1"), _host.Text("1"));
        await _host.OutcomeAsync();
        await _host.SendAsync(_host.Text("1"), _host.Text("2"));
        (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        _graph.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_to_one_contact_stay_in_order_while_the_first_is_tried_again()
    {
        var success = _graph.Answer;
        _graph.Answer = (context, number) => number == 1 ? FakeGraph.Error(500, 1200)(context, number) : success(context, number);
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1", "one"), _host.Text("2", "two"), _host.Text("3", "three"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Later);
        for (var i = 0; i < 3; i++) (await _host.OutcomeAsync(TimeSpan.FromMilliseconds(200))).Outcome.ShouldBe(SendOutcome.Sent);

        foreach (var text in (string[])["one", "one", "two", "three"]) (await _graph.NextAsync()).Body.ShouldContain($"\"{text}\"");
    }

    [Fact]
    public async Task A_part_that_fails_stops_those_behind_it_and_no_other_message()
    {
        var success = _graph.Answer;
        _graph.Answer = (context, number) => number == 2 ? FakeGraph.Error(400, 551)(context, number) : success(context, number);
        await _host.LinkAsync();
        await _host.SendAsync(
            _host.Text("1", "one"), _host.Text("2", "two", after: "1"), _host.Text("3", "three", after: "2"),
            _host.Text("4", "four", after: "3"), _host.Text("5", "another"));

        var outcomes = new Dictionary<string, string>();
        while (outcomes.Count < 5)
        {
            var report = await _host.OutcomeAsync(TimeSpan.FromMilliseconds(500));
            outcomes[report.MessageId.Value] = report.Error?.Code ?? report.Outcome.ToString();
        }

        outcomes.OrderBy(pair => pair.Key).Select(pair => pair.Value)
            .ShouldBe(["Sent", "recipient_unavailable", "earlier_part_failed", "earlier_part_failed", "Sent"]);
        _graph.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_waits_for_an_unknown_one_before_it_until_that_is_found_or_looked_for_in_vain(bool echo)
    {
        var success = _graph.Answer;
        _graph.Answer = (context, number) => number == 1 ? FakeGraph.Error(500, 1)(context, number) : success(context, number);
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1", "one"), _host.Text("2", "two", after: "1"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);
        if (echo)
        {
            await _host.EchoAsync("1", "mid.7");
            (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_1"));
        }

        var second = await _host.OutcomeAsync(TimeSpan.FromSeconds(1));

        (second.MessageId, second.Error?.Code).ShouldBe((MessageId.Parse("msg_2"), echo ? null : "earlier_part_failed"));
        _graph.Count.ShouldBe(echo ? 2 : 1);
    }

    [Fact]
    public async Task A_slow_call_holds_up_its_contact_and_nobody_else()
    {
        var release = new TaskCompletionSource();
        var success = _graph.Answer;
        _graph.Answer = async (context, number) =>
        {
            if (number == 1) await release.Task;
            await success(context, number);
        };
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1"), _host.Text("2"));
        await _graph.NextAsync();
        await _host.SendAsync(_host.Text("3", to: Other));
        (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_3"));
        (await _host.RowAsync("2")).State.ShouldBe(LedgerState.Queued);
        release.SetResult();
        (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_1"));
        (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
    }

    [Fact]
    public async Task An_echo_that_overtakes_the_answer_settles_the_send_once()
    {
        var release = new TaskCompletionSource();
        var success = _graph.Answer;
        _graph.Answer = async (context, number) =>
        {
            if (number == 1) await release.Task;
            await success(context, number);
        };
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1"));
        await _graph.NextAsync();
        await _host.EchoAsync("1", "mid.1");
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        release.SetResult();
        await _host.SendAsync(_host.Text("2"));
        (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
    }

    [Fact]
    public async Task A_refused_token_stops_the_account_until_another_one_comes()
    {
        var success = _graph.Answer;
        _graph.Answer = FakeGraph.Error(401, 190, 463);
        await _host.LinkAsync(version: 1, token: "OLD");
        await _host.SendAsync(_host.Text("1"));
        var later = await _host.OutcomeAsync();
        (later.Outcome, later.Error!.Code, later.Error.Retryable, later.Error.RetryAt)
            .ShouldBe((SendOutcome.Later, "token_invalid", true, null));

        _graph.Answer = success;
        await _host.SendAsync(_host.Text("2", to: Other));
        await _host.LinkAsync(version: 2, token: "NEW");
        await _host.OutcomeAsync();
        await _host.OutcomeAsync();
        string[] tokens =
            [(await _graph.NextAsync()).Authorization, (await _graph.NextAsync()).Authorization, (await _graph.NextAsync()).Authorization];
        tokens.ShouldBe(["Bearer OLD", "Bearer NEW", "Bearer NEW"]);
    }

    [Fact]
    public async Task After_a_rate_limit_the_account_rests_and_then_sends_one_as_a_probe()
    {
        var success = _graph.Answer;
        var release = new TaskCompletionSource();
        _graph.Answer = async (context, number) =>
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
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1"));
        var later = await _host.OutcomeAsync();
        (later.Error!.Code, later.Error.RetryAt).ShouldBe(("rate_limited", _host.Clock.GetUtcNow().AddMinutes(7)));
        await _graph.NextAsync();

        await _host.SendAsync(_host.Text("2", to: Other), _host.Text("3", to: InstagramUserId.Parse("44")));
        var probe = _graph.NextAsync();
        _host.Clock.Advance(TimeSpan.FromMinutes(6));
        _host.Clock.Advance(TimeSpan.FromSeconds(55));
        while (!probe.IsCompleted)
        {
            _host.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(probe, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        await probe;

        (_host.Clock.GetUtcNow() - later.At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(7));
        await ClaimedAsync(1);
        release.SetResult();
        for (var i = 0; i < 3; i++) (await _host.OutcomeAsync(TimeSpan.FromMilliseconds(100))).Outcome.ShouldBe(SendOutcome.Sent);
        await _host.WriteAsync(async db => (await db.Accounts.SingleAsync()).Pauses.ShouldBe(0));
    }

    [Fact]
    public async Task The_apps_limit_rests_every_account()
    {
        var second = AccountId.Parse("acc_2");
        _graph.Answer = FakeGraph.Error(400, 4);
        await _host.LinkAsync();
        await _host.LinkAsync(account: second);
        await _host.SendAsync(_host.Text("1"));
        (await _host.OutcomeAsync()).Error!.Code.ShouldBe("rate_limited");
        await _host.WriteAsync(async db =>
            (await db.Accounts.Select(account => account.PauseReason).ToListAsync()).ShouldBe(["rate_limited", "rate_limited"]));
    }

    [Fact]
    public async Task Usage_near_its_limit_rests_the_account_although_the_send_went_through()
    {
        var success = _graph.Answer;
        _graph.Answer = (context, number) =>
        {
            context.Response.Headers["x-app-usage"] = """{"call_count":95,"total_time":1,"total_cputime":1}""";
            return success(context, number);
        };
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        await _host.WriteAsync(
            async db => (await db.Accounts.SingleAsync()).PausedUntil.ShouldNotBeNull().ShouldBeGreaterThan(_host.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_send_waits_for_the_account_as_it_was_when_the_send_was_accepted()
    {
        await _host.LinkAsync(version: 1, token: "OLD");
        await _host.SendAsync(_host.Text("1", accountVersion: 2), _host.Text("2", to: Other));
        (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        await _host.LinkAsync(version: 2, token: "NEW");
        (await _host.OutcomeAsync()).Attempt.ShouldBe(1);
        await _host.LinkAsync(version: 1, token: "OLD");
        await _host.WriteAsync(async db => (await db.Accounts.SingleAsync()).Version.ShouldBe(2));
    }

    [Fact]
    public async Task A_send_whose_window_closes_while_it_waits_is_rejected_without_a_call()
    {
        await _host.SendAsync(_host.Text("1", expiresAt: _host.Clock.GetUtcNow().AddMinutes(1)));
        var rejected = await _host.OutcomeAsync(TimeSpan.FromSeconds(30));
        (rejected.Outcome, rejected.Error!.Code, rejected.Attempt).ShouldBe((SendOutcome.Rejected, "window_closed", 0));
        _graph.Count.ShouldBe(0);
        (await _host.RowAsync("1")).Content.ShouldBeNull();
    }

    [Fact]
    public async Task A_send_of_an_unlinked_account_is_rejected_without_a_call()
    {
        await _host.LinkAsync(version: 1);
        await _host.LinkAsync(version: 2, unlinked: true);
        await _host.SendAsync(_host.Text("1"));
        (await _host.OutcomeAsync(TimeSpan.FromSeconds(1))).Error!.Code.ShouldBe("account_unlinked");
        _graph.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_claim_of_a_process_that_died_becomes_unknown_at_start_and_is_not_sent()
    {
        await _host.SendAsync(_host.Text("1"), _host.Text("2", to: Other));
        await ClaimAsync("1", TimeSpan.FromHours(1), called: true);
        await _host.CloseAsync();
        await _host.OpenAsync(_graph.Address);
        var unknown = await _host.OutcomeAsync();
        (unknown.MessageId, unknown.Outcome, unknown.Error!.Code).ShouldBe((MessageId.Parse("msg_1"), SendOutcome.Unknown, "interrupted"));

        await _host.LinkAsync();
        (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        _graph.Count.ShouldBe(1);
        (await _host.RowAsync("1")).Content.ShouldBe(new OutgoingText("hello"));
    }

    [Fact]
    public async Task A_claim_whose_time_is_over_becomes_unknown()
    {
        await _host.SendAsync(_host.Text("1"));
        await ClaimAsync("1", TimeSpan.FromMinutes(1), called: true);
        (await _host.OutcomeAsync(TimeSpan.FromSeconds(10))).Outcome.ShouldBe(SendOutcome.Unknown);
    }

    [Fact]
    public async Task A_claim_whose_call_never_began_is_sent_after_the_restart()
    {
        await _host.SendAsync(_host.Text("1"));
        await ClaimAsync("1", TimeSpan.FromHours(1), called: false);
        await _host.CloseAsync();
        await _host.OpenAsync(_graph.Address);
        await _host.LinkAsync();

        var sent = await _host.OutcomeAsync();
        (sent.Outcome, sent.Attempt).ShouldBe((SendOutcome.Sent, 2));
        _graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_claim_of_another_process_whose_call_never_began_goes_back_to_the_queue_when_its_time_is_over()
    {
        await _host.SendAsync(_host.Text("1"));
        await ClaimAsync("1", TimeSpan.FromMinutes(1), called: false);
        await _host.LinkAsync();
        (await _host.OutcomeAsync(TimeSpan.FromSeconds(10))).Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Fact]
    public async Task A_refusal_that_is_not_known_waits_for_its_echo()
    {
        _graph.Answer = FakeGraph.Error(400, 20, 1772107);
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1"));
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Unknown);

        await _host.EchoAsync("1", "mid.1");

        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        _host.Clock.Advance(TimeSpan.FromMinutes(2));
        (await _host.RowAsync("1")).State.ShouldBe(LedgerState.Sent);
        _graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_that_is_not_known_counts_once_no_echo_has_come()
    {
        _graph.Answer = FakeGraph.Error(400, 20, 1772107);
        await _host.LinkAsync();
        await _host.SendAsync(_host.Text("1"));
        var doubted = await _host.OutcomeAsync();
        var refused = await _host.OutcomeAsync(TimeSpan.FromSeconds(10));

        (refused.Outcome, refused.Error!.Code).ShouldBe((SendOutcome.Rejected, "meta_error"));
        (refused.At - doubted.At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(60));
        _graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_rotten_row_is_rejected_and_told_and_the_others_go_on()
    {
        await _host.SendAsync(
            _host.Text("1"),
            _host.Text("2", to: Other),
            _host.Text("3", to: InstagramUserId.Parse("44")),
            _host.Text("4", to: InstagramUserId.Parse("45")));
        await _host.WriteAsync(async db =>
        {
            await db.Database.ExecuteSqlRawAsync("UPDATE ledger SET recipient_id = 'nobody' WHERE message_id = 'msg_1'");
            await db.Database.ExecuteSqlRawAsync(
                "UPDATE ledger SET content = '{\"kind\":\"hologram\"}' WHERE message_id = 'msg_2'".Replace("{", "{{").Replace("}", "}}"));
            await db.Database.ExecuteSqlRawAsync("UPDATE ledger SET content = 'no json' WHERE message_id = 'msg_3'");
        });
        await _host.LinkAsync();

        var outcomes = new Dictionary<string, string>();
        while (outcomes.Count < 4)
        {
            var report = await _host.OutcomeAsync();
            outcomes[report.MessageId.Value] = report.Error?.Code ?? report.Outcome.ToString();
        }

        outcomes.OrderBy(pair => pair.Key).Select(pair => pair.Value)
            .ShouldBe(["row_unreadable", "content_unreadable", "content_unreadable", "Sent"]);
        _graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_that_cannot_be_read_holds_up_its_own_account_alone()
    {
        var second = AccountId.Parse("acc_2");
        await _host.LinkAsync();
        await _host.LinkAsync(account: second);
        await _host.WriteAsync(db => db.Accounts.Where(row => row.AccountId == second)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ProtectedToken, "not%a=token")));
        await _host.SendAsync(_host.Text("1", account: second), _host.Text("2"));

        SendReported[] reports = [await _host.OutcomeAsync(), await _host.OutcomeAsync()];

        reports.OrderBy(report => report.MessageId.Value).Select(report => (report.Outcome, report.Error?.Code))
            .ShouldBe([(SendOutcome.Later, "token_unreadable"), (SendOutcome.Sent, null)]);
        _graph.Count.ShouldBe(1);
    }

    private Task ClaimAsync(string id, TimeSpan until, bool called) => _host.WriteAsync(async db =>
    {
        var messageId = MessageId.Parse("msg_" + id);
        var row = await db.Ledger.SingleAsync(entry => entry.MessageId == messageId);
        row.Claim("dead", _host.Clock.GetUtcNow() + until);
        if (called) row.BeginCall(_host.Clock.GetUtcNow());
    });

    private Task ClaimedAsync(int expected) =>
        _host.WriteAsync(async db => (await db.Ledger.CountAsync(row => row.State == LedgerState.Claimed)).ShouldBe(expected));
}
