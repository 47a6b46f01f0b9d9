using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Outbound;

public sealed class SendReportsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private StoreHost _store = null!;
    private Account _account = null!;
    private ConversationId _conversation;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync();
        _account = await _store.LinkAsync("17841400000000000");
        var conversation = Conversation.Begin(_account.Id, InstagramUserId.Parse("42"), Start, ConversationId.New(TimeProvider.System));
        _conversation = conversation.Id;
        await _store.UnitOfWork.ExecuteAsync(scope =>
        {
            scope.Db.Add(conversation);
            return Task.CompletedTask;
        });
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Each_step_to_the_verdict_is_an_event_and_a_repeat_is_none()
    {
        var id = await ComposeAsync("hi");

        await ReportAsync(Of(id, SendOutcome.Sending), Of(id, SendOutcome.Later), Of(id, SendOutcome.Sending, 2), Sent(id, "m1", 2));
        await ReportAsync(Of(id, SendOutcome.Sending), Of(id, SendOutcome.Later), Of(id, SendOutcome.Sending, 2), Sent(id, "m1", 2));

        (await EventsAsync()).ShouldBe(
        [
            (id, "message.status", "sending"),
            (id, "message.status", "pending"),
            (id, "message.status", "sending"),
            (id, "message.sent", "sent"),
        ]);
        var message = await MessageAsync(id);
        message.InstagramMessageId!.Value.Value.ShouldBe("m1");
        message.SentAt.ShouldBe(Reports.At);
        message.Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_report_from_before_the_last_one_changes_nothing()
    {
        var id = await ComposeAsync("hi");

        await ReportAsync(Of(id, SendOutcome.Sending, 2), Of(id, SendOutcome.Later), Of(id, SendOutcome.Unknown));

        (await MessageAsync(id)).Status.ShouldBe(MessageStatus.Sending);
    }

    [Fact]
    public async Task An_unknown_message_can_still_turn_out_to_be_sent_and_a_failed_one_stays_failed()
    {
        var (lost, refused) = (await ComposeAsync("hi"), await ComposeAsync("ho"));

        await ReportAsync(
            Of(lost, SendOutcome.Unknown), Of(refused, SendOutcome.Rejected), Sent(lost, "m1"), Of(refused, SendOutcome.Sending, 2));

        (await MessageAsync(lost)).Status.ShouldBe(MessageStatus.Sent);
        (await MessageAsync(refused)).Status.ShouldBe(MessageStatus.Failed);
        (await MessageAsync(refused)).Error!.Code.ShouldBe("why_not");
    }

    [Fact]
    public async Task A_message_takes_its_place_in_the_thread_by_Metas_time()
    {
        var first = await ComposeAsync("hi");
        await ComposeAsync("ho", Start + TimeSpan.FromSeconds(1));

        await ReportAsync(Sent(first, "m1"));

        (await ConversationAsync()).LastMessageId.ShouldBe(first);
        (await ConversationAsync()).LastMessageAt.ShouldBe(Reports.At);
    }

    [Fact]
    public async Task A_verdict_on_an_echo_that_was_taken_for_a_message_from_elsewhere_makes_the_two_one()
    {
        var id = await ComposeAsync("hi");
        var echoAt = Start + TimeSpan.FromSeconds(2);
        var echo = await MirrorAsync("hi (shortened)", "m1", echoAt);

        await ReportAsync(Sent(id, "m1"));

        var message = await MessageAsync(id);
        message.Status.ShouldBe(MessageStatus.Sent);
        message.SentAt.ShouldBe(echoAt);
        message.Origin.ShouldBe(Origin.Api);
        await using var db = _store.Read();
        (await db.Messages.SingleAsync()).Id.ShouldBe(id);
        (await db.Set<Attachment>().CountAsync()).ShouldBe(0);
        (await ConversationAsync()).LastMessageId.ShouldBe(id);
        var told = System.Text.Json.JsonElement.Parse((await db.Events.SingleAsync()).Body);
        told.GetProperty("type").GetString().ShouldBe("message.sent");
        told.GetProperty("data").GetProperty("replaces").GetString().ShouldBe(echo.Value);
        told.GetProperty("data").GetProperty("origin").GetString().ShouldBe("api");
    }

    [Fact]
    public async Task A_mid_that_an_echo_lent_to_the_other_of_two_equal_messages_goes_to_the_right_one()
    {
        var (a, b) = (await ComposeAsync("ok"), await ComposeAsync("ok"));
        await EchoAsync(a, "m-b");

        await ReportAsync(Sent(b, "m-b"));
        (await MessageAsync(a)).Status.ShouldBe(MessageStatus.Unknown);
        (await MessageAsync(a)).InstagramMessageId.ShouldBeNull();
        (await MessageAsync(b)).InstagramMessageId!.Value.Value.ShouldBe("m-b");

        await ReportAsync(Sent(a, "m-a"));
        (await MessageAsync(a)).Status.ShouldBe(MessageStatus.Sent);
        (await MessageAsync(a)).InstagramMessageId!.Value.Value.ShouldBe("m-a");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_equal_messages_with_each_others_mid_end_with_their_own_in_one_bundle_or_two(bool oneBundle)
    {
        var (a, b) = (await ComposeAsync("ok"), await ComposeAsync("ok"));
        await EchoAsync(a, "m-b");
        await EchoAsync(b, "m-a");

        if (oneBundle)
        {
            await ReportAsync(Sent(a, "m-a"), Sent(b, "m-b"));
        }
        else
        {
            await ReportAsync(Sent(a, "m-a"));
            await ReportAsync(Sent(b, "m-b"));
        }

        (await MessageAsync(a)).InstagramMessageId!.Value.Value.ShouldBe("m-a");
        (await MessageAsync(b)).InstagramMessageId!.Value.Value.ShouldBe("m-b");
        (await MessageAsync(a)).Status.ShouldBe(MessageStatus.Sent);
        (await MessageAsync(b)).Status.ShouldBe(MessageStatus.Sent);
    }

    [Fact]
    public async Task A_message_that_lost_a_lent_mid_can_still_be_refused()
    {
        var (a, b) = (await ComposeAsync("ok"), await ComposeAsync("ok"));
        await EchoAsync(a, "m-b");

        await ReportAsync(Sent(b, "m-b"), Of(a, SendOutcome.Rejected));

        (await MessageAsync(a)).Status.ShouldBe(MessageStatus.Failed);
    }

    [Fact]
    public async Task A_report_on_no_message_is_not_swallowed() =>
        await Should.ThrowAsync<InvalidOperationException>(ReportAsync(Sent(MessageId.New(TimeProvider.System), "m1")));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_echo_that_overtook_the_report_of_a_repeated_attempt_still_settles_its_message(bool oneBundle)
    {
        var (lost, equal) = (await ComposeAsync("hi"), await ComposeAsync("hi"));
        await ReportAsync(Of(lost, SendOutcome.Later), Of(equal, SendOutcome.Later));
        await ChangeAsync((db, conversation) => db.Add(Message.Mirror(
            conversation, MessageContent.OfText("hi"), InstagramMessageId.Parse("m1"), Start, Start, MessageId.New(TimeProvider.System))));

        SendReported[] reports =
        [
            Of(lost, SendOutcome.Sending, 2),
            Of(lost, SendOutcome.Unknown, 2),
            Of(equal, SendOutcome.Sending, 2),
            Of(equal, SendOutcome.Unknown, 2),
        ];
        if (oneBundle) await ReportAsync(reports);
        else foreach (var report in reports) await ReportAsync(report);

        (await MessageAsync(lost)).Status.ShouldBe(MessageStatus.Sent);
        (await MessageAsync(lost)).InstagramMessageId!.Value.Value.ShouldBe("m1");
        (await MessageAsync(equal)).Status.ShouldBe(MessageStatus.Unknown, "one echo is of one message");
        await using var db = _store.Read();
        (await db.Messages.CountAsync()).ShouldBe(2, "the echo is no message of its own");
    }

    [Fact]
    public async Task A_mid_of_a_customers_message_cannot_be_ours()
    {
        var id = await ComposeAsync("hi");
        await ChangeAsync((db, conversation) => db.Add(Message.Receive(
            conversation, MessageContent.OfText("x"), InstagramMessageId.Parse("m1"), Start, Start, MessageId.New(TimeProvider.System))));

        await Should.ThrowAsync<InvalidOperationException>(ReportAsync(Sent(id, "m1")));
    }

    private SendReported Sent(MessageId id, string mid, int attempt = 1) => Reports.Sent(id, _account.Id, mid, attempt);

    private SendReported Of(MessageId id, SendOutcome outcome, int attempt = 1) => Reports.Of(id, _account.Id, outcome, attempt);

    private async Task<MessageId> ComposeAsync(string text, DateTimeOffset? at = null)
    {
        var id = MessageId.New(TimeProvider.System);
        await ChangeAsync((db, conversation) =>
        {
            var message = Message.Compose(conversation, MessageContent.OfText(text), Origin.Api, at ?? Start, id);
            db.Add(message);
            conversation.Add(message, Start);
        });
        return id;
    }

    private async Task<MessageId> MirrorAsync(string url, string mid, DateTimeOffset at)
    {
        var id = MessageId.New(TimeProvider.System);
        await ChangeAsync((db, conversation) =>
        {
            var message = Message.Mirror(
                conversation, MessageContent.OfMedia([new RemoteMedia("image", url)]), InstagramMessageId.Parse(mid), at, at, id);
            db.Add(message);
            conversation.Add(message, at);
        });
        return id;
    }

    /// <summary>An echo as it comes, through the door of webhooks; it goes to the oldest open message with its content.</summary>
    private async Task EchoAsync(MessageId id, string mid)
    {
        await _store.ReceiveAsync(
            """{"object":"instagram","entry":[{"id":"17841400000000000","messaging":"""
                + """[{"sender":{"id":"17841400000000000"},"recipient":{"id":"42"},"timestamp":"""
                + $$$"""{{{Start.ToUnixTimeMilliseconds()}}},"message":{"mid":"{{{mid}}}","text":"ok","is_echo":true}}]}]}""");
        (await MessageAsync(id)).InstagramMessageId!.Value.Value.ShouldBe(mid);
    }

    private Task ChangeAsync(Action<DbContext, Conversation> change) => _store.UnitOfWork.ExecuteAsync(async scope =>
        change(scope.Db, await scope.Db.Conversations.SingleAsync(row => row.Id == _conversation)));

    private Task ReportAsync(params SendReported[] reports) => _store.UnitOfWork.ExecuteAsync(scope =>
        _store.Services.GetRequiredService<SendReports>().HandleAsync(
            scope, [.. reports.Select((report, i) => new BusItem<SendReported>($"{i}", null, report))]));

    private async Task<Message> MessageAsync(MessageId id)
    {
        await using var db = _store.Read();
        return await db.Messages.SingleAsync(row => row.Id == id);
    }

    private async Task<Conversation> ConversationAsync()
    {
        await using var db = _store.Read();
        return await db.Conversations.SingleAsync();
    }

    private async Task<List<(MessageId Id, string Type, string? Status)>> EventsAsync()
    {
        await using var db = _store.Read();
        var bodies = await db.Events.OrderBy(row => row.Sequence).Select(row => row.Body).ToListAsync();
        return bodies.ConvertAll(body =>
        {
            var told = System.Text.Json.JsonElement.Parse(body);
            var message = told.GetProperty("data").GetProperty("message");
            return (
                MessageId.Parse(message.GetProperty("id").GetString()!),
                told.GetProperty("type").GetString()!,
                message.GetProperty("status").GetString());
        });
    }
}
