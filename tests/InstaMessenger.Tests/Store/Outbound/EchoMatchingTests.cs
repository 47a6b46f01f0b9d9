using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>Echoes through the door of webhooks, against sends in every state.</summary>
public sealed class EchoMatchingTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private StoreHost _store = null!;
    private Account _account = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services => services.AddSingleton<TimeProvider>(_clock));
        _account = await _store.LinkAsync("17841400000000000");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task An_echo_of_a_refused_message_makes_it_sent_and_tells_the_sender()
    {
        var id = await ComposeAsync("hi");
        await ReportAsync(Failed(id));

        await EchoAsync("hi", "m1");

        var message = (await MessagesAsync()).ShouldHaveSingleItem();
        (message.Status, message.InstagramMessageId, message.Error).ShouldBe((MessageStatus.Sent, InstagramMessageId.Parse("m1"), null));
        await using var db = _store.Read();
        (await db.Set<InstaMessenger.Hosting.Database.OutboxMessage>().CountAsync(row => row.Type == nameof(EchoRecognised))).ShouldBe(1);
    }

    [Fact]
    public async Task An_echo_long_after_a_refusal_is_a_message_of_its_own()
    {
        await ReportAsync(Failed(await ComposeAsync("hi")));
        _clock.Advance(TimeSpan.FromMinutes(11));

        await EchoAsync("hi", "m1");

        (await MessagesAsync()).Select(message => message.Status).ShouldBe([MessageStatus.Failed, MessageStatus.Sent]);
    }

    [Fact]
    public async Task An_echo_is_of_the_send_under_way_rather_than_of_the_one_that_was_refused()
    {
        var (refused, again) = (await ComposeAsync("hi"), await ComposeAsync("hi"));
        await ReportAsync(Failed(refused));

        await EchoAsync("hi", "m1");

        (await MessagesAsync()).Select(message => (message.Id, message.Status))
            .ShouldBe([(refused, MessageStatus.Failed), (again, MessageStatus.Sent)]);
    }

    [Fact]
    public async Task A_refused_message_that_was_lent_the_echo_of_another_is_refused_again()
    {
        var (refused, again) = (await ComposeAsync("hi"), await ComposeAsync("hi"));
        await ReportAsync(Failed(refused), Reports.Of(again, _account.Id, SendOutcome.Later));
        await EchoAsync("hi", "m1");
        (await MessagesAsync())[0].Status.ShouldBe(MessageStatus.Sent);

        await ReportAsync(Reports.Sent(again, _account.Id, "m1", 2));

        var messages = await MessagesAsync();
        messages.Select(message => message.Status).ShouldBe([MessageStatus.Failed, MessageStatus.Sent]);
        messages[0].Error!.Code.ShouldBe("why_not");
        messages[0].InstagramMessageId.ShouldBeNull();
    }

    [Theory]
    [InlineData("  hi there \r\nyou ", "hi there\nyou")]
    [InlineData("cafe\u0301", "caf\u00e9")]
    public async Task An_echo_whose_text_came_back_in_another_form_is_known(string sent, string echo)
    {
        var id = await ComposeAsync(sent);

        await EchoAsync(echo, "m1");

        var message = (await MessagesAsync()).ShouldHaveSingleItem();
        (message.Id, message.Status, message.Text).ShouldBe((id, MessageStatus.Sent, sent));
    }

    [Fact]
    public async Task What_an_echo_told_does_not_outweigh_what_an_answer_told_since()
    {
        var (a, b) = (await ComposeAsync("ok"), await ComposeAsync("ok"));
        await EchoAsync("ok", "m-b");
        await ReportAsync(Reports.Sent(b, _account.Id, "m-b"));

        await ReportAsync(Reports.Sent(a, _account.Id, "m-b") with { ByEcho = true });

        (await MessagesAsync()).Select(message => (message.Id, message.Status))
            .ShouldBe([(a, MessageStatus.Unknown), (b, MessageStatus.Sent)]);
    }

    private SendReported Failed(MessageId id) => Reports.Of(id, _account.Id, SendOutcome.Rejected) with { At = _clock.GetUtcNow() };

    private Task<MessageId> ComposeAsync(string text) => _store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var contact = InstagramUserId.Parse("42");
        var conversation = await scope.Db.Conversations.SingleOrDefaultAsync()
            ?? scope.Db.Add(Conversation.Begin(_account.Id, contact, _clock.GetUtcNow(), ConversationId.New(_clock))).Entity;
        var message = Message.Compose(
            conversation, MessageContent.Of(new OutgoingText(text)), Origin.Api, _clock.GetUtcNow(), MessageId.New(_clock));
        scope.Db.Add(message);
        conversation.Add(message, _clock.GetUtcNow());
        return message.Id;
    });

    private Task EchoAsync(string text, string mid) => _store.ReceiveAsync(
        """{"object":"instagram","entry":[{"id":"17841400000000000","messaging":"""
            + """[{"sender":{"id":"17841400000000000"},"recipient":{"id":"42"},"timestamp":"""
            + $$$"""{{{_clock.GetUtcNow().ToUnixTimeMilliseconds()}}},"message":{"mid":"{{{mid}}}","text":"""
            + $$$"""{{{System.Text.Json.JsonSerializer.Serialize(text)}}},"is_echo":true}}]}]}""");

    private Task ReportAsync(params SendReported[] reports) => _store.UnitOfWork.ExecuteAsync(scope =>
        _store.Services.GetRequiredService<SendReports>().HandleAsync(
            scope, [.. reports.Select((report, i) => new BusItem<SendReported>($"{i}", null, report))]));

    private async Task<List<Message>> MessagesAsync()
    {
        await using var db = _store.Read();
        return await db.Messages.OrderBy(message => message.Sequence).ToListAsync();
    }
}
