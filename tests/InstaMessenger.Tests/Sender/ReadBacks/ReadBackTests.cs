using System.Globalization;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.ReadBacks;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Sender.ReadBacks;

/// <summary>An unknown send whose echo never comes is settled by its conversation, or left to a person with all that is known.</summary>
[BeginsEarly]
public sealed class ReadBackTests : IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);
    private FakeGraph _graph = null!;
    private SenderHost _host = null!;

    /// <summary>What the conversation holds, newest first.</summary>
    private readonly List<(string Mid, string From, string Text, DateTimeOffset At)> _thread = [];

    public async ValueTask InitializeAsync()
    {
        _graph = await FakeGraph.StartAsync();
        _graph.Thread = ShowAsync;
        await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _graph.DisposeAsync();
    }

    [Fact]
    public async Task One_that_the_conversation_holds_is_sent_with_its_mid()
    {
        await LoseAsync("1", "hello", arrives: true);
        var sent = await _host.OutcomeAsync(Step);

        (sent.Outcome, sent.InstagramMessageId, sent.ByEcho).ShouldBe((SendOutcome.Sent, InstagramMessageId.Parse("real.1"), true));
        var read = await _graph.Reads.Reader.ReadAsync(Patience.Token());
        read.Path.ShouldBe("/v26.0/me/conversations");
        read.Authorization.ShouldBe("Bearer IGTOKEN");
        read.Body.ShouldBe("?platform=instagram&user_id=42&fields=messages.limit(20){id,created_time,from,message,attachments}");
        (await _host.RowAsync("1")).Content.ShouldBeNull();
        _graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_two_looks_do_not_find_has_failed_and_may_be_sent_again()
    {
        var unknown = await LoseAsync("1", "hello", arrives: false);
        var failed = await _host.OutcomeAsync(Step);

        (failed.Outcome, failed.Error!.Code, failed.Error.Retryable).ShouldBe((SendOutcome.Rejected, "not_delivered", true));
        failed.Error.Message.ShouldBe("Instagram does not have it; sending again is safe.");
        (failed.At - unknown.At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(5));
        _graph.Reads.Reader.Count.ShouldBe(2);
        _graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_comes_late_is_found_by_the_second_look()
    {
        var unknown = await LoseAsync("1", "hello", arrives: false);
        await ReadAsync();
        _thread.Insert(0, ("real.late", "17841400000000001", "hello", unknown.At.AddSeconds(90)));

        (await _host.OutcomeAsync(Step)).InstagramMessageId.ShouldBe(InstagramMessageId.Parse("real.late"));
    }

    [Fact]
    public async Task With_ResendAbsent_it_is_sent_once_more_and_never_a_third_time()
    {
        await ReopenAsync(("Sender:ResendAbsent", "true"));
        await LoseAsync("1", "hello", arrives: false);
        var again = await _host.OutcomeAsync(Step);
        (again.Outcome, again.Error!.Code).ShouldBe((SendOutcome.Later, "not_delivered"));
        var unknown = await _host.OutcomeAsync(TimeSpan.FromMilliseconds(200));
        (unknown.Outcome, unknown.Attempt).ShouldBe((SendOutcome.Unknown, 2));

        var failed = await _host.OutcomeAsync(Step);

        (failed.Outcome, failed.Error!.Code).ShouldBe((SendOutcome.Rejected, "not_delivered"));
        _graph.Count.ShouldBe(2);
    }

    [Fact]
    public async Task It_is_not_sent_again_when_its_window_has_closed()
    {
        await ReopenAsync(("Sender:ResendAbsent", "true"));
        await LoseAsync("1", "hello", arrives: false, expiresAt: _host.Clock.GetUtcNow().AddMinutes(3));

        (await _host.OutcomeAsync(Step)).Error!.Code.ShouldBe("not_delivered");
        _graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_equal_texts_as_many_are_sent_as_the_conversation_holds()
    {
        await LoseAsync("1", "hello", arrives: true);
        await _host.OutcomeAsync(Step);
        await LoseAsync("2", "hello", arrives: false);
        await ReadAsync();
        await ReadAsync();
        await LoseAsync("3", "hello", arrives: true);

        SendReported[] reports = [await _host.OutcomeAsync(Step), await _host.OutcomeAsync(Step)];

        // The customer has the text twice: which of the two later sends brought it makes no difference to anybody.
        reports.Select(report => report.Outcome).Order().ShouldBe([SendOutcome.Sent, SendOutcome.Rejected]);
        reports.Single(report => report.Outcome == SendOutcome.Sent).InstagramMessageId.ShouldBe(InstagramMessageId.Parse("real.3"));
    }

    [Fact]
    public async Task One_that_the_conversation_can_no_longer_show_stays_unknown_for_a_person()
    {
        var unknown = await LoseAsync("1", "hello", arrives: true);
        for (var i = 1; i <= 20; i++) _thread.Insert(0, ($"c{i}", "42", $"talk {i}", unknown.At.AddSeconds(10 + i)));

        var left = await _host.OutcomeAsync(Step);

        (left.Outcome, left.Error!.Code, left.Error.Retryable).ShouldBe((SendOutcome.Unknown, "meta_error", false));
        left.Error.Message.ShouldContain("Look into it at Instagram");
        (await _host.RowAsync("1")).DueAt.ShouldBeNull();
        _host.Clock.Advance(TimeSpan.FromHours(2));
        (await _host.RowAsync("1")).State.ShouldBe(LedgerState.Unknown);
    }

    [Theory]
    [InlineData(503, "{}")]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"data":[]}""")]
    public async Task A_look_that_fails_proves_nothing_and_is_repeated(int status, string body)
    {
        _graph.Thread = context => FakeGraph.Json(context, status, body);
        await LoseAsync("1", "hello", arrives: true);
        await ReadAsync();
        _graph.Thread = ShowAsync;

        (await _host.OutcomeAsync(Step)).Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Fact]
    public async Task A_conversation_that_can_never_be_read_leaves_it_to_a_person_and_says_why()
    {
        _graph.Thread = context => FakeGraph.Json(context, 500, """{"error":{"code":2}}""");
        await LoseAsync("1", "hello", arrives: true);

        var left = await _host.OutcomeAsync(TimeSpan.FromMinutes(2));

        left.Outcome.ShouldBe(SendOutcome.Unknown);
        left.Error!.Message.ShouldContain("status 500, code 2");
        _graph.Reads.Reader.Count.ShouldBe(Decision.MostLooks);
    }

    [Fact]
    public async Task A_limited_account_is_asked_again_only_when_Meta_says()
    {
        _graph.Thread = context =>
        {
            context.Response.Headers["x-business-use-case-usage"] =
                """{"1":[{"type":"instagram","call_count":100,"estimated_time_to_regain_access":20}]}""";
            return FakeGraph.Json(context, 400, """{"error":{"code":80002}}""");
        };
        await LoseAsync("1", "hello", arrives: true);
        await ReadAsync();
        var limitedAt = _host.Clock.GetUtcNow();
        _graph.Thread = ShowAsync;

        await _host.OutcomeAsync(TimeSpan.FromSeconds(30));

        (_host.Clock.GetUtcNow() - limitedAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(19));
        _graph.Reads.Reader.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_limit_that_a_look_meets_holds_back_the_accounts_sends_too()
    {
        _graph.Thread = context =>
        {
            context.Response.Headers["x-business-use-case-usage"] =
                """{"1":[{"type":"instagram","call_count":96,"estimated_time_to_regain_access":10}]}""";
            return ShowAsync(context);
        };
        await LoseAsync("1", "hello", arrives: true);
        (await _host.OutcomeAsync(Step)).Outcome.ShouldBe(SendOutcome.Sent);
        var limitedAt = _host.Clock.GetUtcNow();
        _graph.Answer = (context, number) => FakeGraph.Json(context, 200, $$"""{"message_id":"mid.{{number}}"}""");

        await _host.SendAsync(_host.Text("2", "next", to: InstagramUserId.Parse("43")));

        (await _host.OutcomeAsync()).ShouldSatisfyAllConditions(
            told => told.Outcome.ShouldBe(SendOutcome.Later), told => told.Error!.RetryAt.ShouldNotBeNull());
        var next = await _host.OutcomeAsync(Step);
        next.Outcome.ShouldBe(SendOutcome.Sent);
        (next.At - limitedAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(9));
    }

    [Fact]
    public async Task A_token_that_is_refused_when_reading_is_refused_for_sending_until_another_comes()
    {
        _graph.Thread = context => FakeGraph.Json(context, 401, """{"error":{"code":190}}""");
        await LoseAsync("1", "hello", arrives: true);
        await ReadAsync();
        await RefusedAsync();
        _graph.Thread = ShowAsync;
        _graph.Answer = (context, number) => FakeGraph.Json(context, 200, $$"""{"message_id":"mid.{{number}}"}""");
        await _host.SendAsync(_host.Text("2", "next", to: InstagramUserId.Parse("43")));
        (await _host.OutcomeAsync()).Error!.Code.ShouldBe("token_invalid");
        for (var i = 0; i < 10; i++) _host.Clock.Advance(Step);
        (await _host.RowAsync("2")).State.ShouldBe(LedgerState.Queued);

        await _host.LinkAsync(version: 2, token: "IGNEW");

        SendReported[] reports = [await _host.OutcomeAsync(Step), await _host.OutcomeAsync(Step)];
        reports.ShouldAllBe(report => report.Outcome == SendOutcome.Sent);
    }

    [Fact]
    public async Task Those_behind_it_wait_for_the_look_and_go_on_after_it()
    {
        var unknown = await LoseAsync("1", "one", arrives: false);
        await _host.SendAsync(_host.Text("2", "two"), _host.Text("3", "three", to: InstagramUserId.Parse("43")));
        (await _host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_3"));

        var behind = await _host.OutcomeAsync(Step);

        behind.MessageId.ShouldBe(MessageId.Parse("msg_2"));
        (behind.At - unknown.At).ShouldBeInRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task A_refusal_that_is_not_known_does_not_count_when_the_conversation_holds_the_message()
    {
        await LoseAsync("1", "hello", arrives: true, error: FakeGraph.Error(400, 20, 1772107));
        (await _host.OutcomeAsync(Step)).Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Fact]
    public async Task An_echo_that_may_be_of_an_equal_send_under_way_does_not_settle_the_unknown_one()
    {
        await LoseAsync("1", "hello", arrives: false);
        await ReadAsync();
        var release = new TaskCompletionSource();
        _graph.Answer = async (context, _) =>
        {
            await release.Task;
            await FakeGraph.Json(context, 200, """{"message_id":"mid.2"}""");
        };
        await _graph.NextAsync();
        await _host.SendAsync(_host.Text("2", "hello"));
        await _graph.NextAsync();

        await _host.EchoAsync("1", "mid.2");
        release.SetResult();

        var sent = await _host.OutcomeAsync();
        (sent.MessageId, sent.InstagramMessageId).ShouldBe((MessageId.Parse("msg_2"), InstagramMessageId.Parse("mid.2")));
        (await _host.RowAsync("1")).State.ShouldBe(LedgerState.Unknown);
        (await _host.OutcomeAsync(Step)).Error!.Code.ShouldBe("not_delivered");
    }

    private async Task OpenAsync(params (string, string)[] settings)
    {
        _host = await SenderHost.StartAsync(_graph.Address, settings);
        await _host.LinkAsync();
    }

    private async Task ReopenAsync(params (string, string)[] settings)
    {
        await _host.DisposeAsync();
        await OpenAsync(settings);
    }

    /// <summary>Sends a text whose call ends without a word, and gives the report that it is unknown.</summary>
    private async Task<SendReported> LoseAsync(
        string id, string text, bool arrives, DateTimeOffset? expiresAt = null, Func<HttpContext, int, Task>? error = null)
    {
        _graph.Answer = error ?? FakeGraph.Error(500, 1);
        await _host.SendAsync(_host.Text(id, text, expiresAt: expiresAt));
        var unknown = await _host.OutcomeAsync();
        unknown.Outcome.ShouldBe(SendOutcome.Unknown);
        if (arrives) _thread.Insert(0, ($"real.{id}", "17841400000000001", text, unknown.At));
        return unknown;
    }

    /// <summary>Lets time go by until the conversation is read once more.</summary>
    private async Task ReadAsync()
    {
        var read = _graph.Reads.Reader.ReadAsync(Patience.Token()).AsTask();
        while (!read.IsCompleted)
        {
            _host.Clock.Advance(Step);
            await Task.WhenAny(read, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        await read;
    }

    /// <summary>Waits until the account's row says that its token was refused: the look is answered before that is kept.</summary>
    private async Task RefusedAsync()
    {
        var patience = Patience.Token();
        var isRefused = false;
        while (!isRefused)
        {
            await _host.WriteAsync(async db => isRefused = (await db.Accounts.SingleAsync(patience)).TokenRefused);
            await Task.Yield();
            patience.ThrowIfCancellationRequested();
        }
    }

    private Task ShowAsync(HttpContext context)
    {
        var items = _thread.Select((item, age) => age >= 20
            ? $$"""{"id":"{{item.Mid}}"}"""
            : $$"""
                {"id":"{{item.Mid}}","from":{"id":"{{item.From}}"},"message":"{{item.Text}}",
                "created_time":"{{item.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)}}+0000"}
                """);
        context.Response.Headers.Date = _host.Clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        return FakeGraph.Json(context, 200, $$$"""{"data":[{"id":"t","messages":{"data":[{{{string.Join(',', items)}}}]}}]}""");
    }
}
