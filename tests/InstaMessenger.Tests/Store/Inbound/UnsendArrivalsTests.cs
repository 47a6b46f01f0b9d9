using System.Collections.Concurrent;
using System.Text;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Outbound;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

public sealed class UnsendArrivalsTests : IAsyncLifetime
{
    private const string Secret = "what they wish they had not said";
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task Nothing_of_a_message_that_was_taken_back_is_kept_anywhere()
    {
        await _shop.ReceiveAsync(
            Text("before", "stays", 0),
            MetaPayloads.Message(Id, Customer, At(1), new()
            {
                ["mid"] = "m1",
                ["text"] = Secret,
                ["quick_reply"] = new System.Text.Json.Nodes.JsonObject { ["payload"] = Secret },
                ["attachments"] = new System.Text.Json.Nodes.JsonArray(MetaPayloads.AttachmentPart("image", "https://cdn.example/secret")),
            }));
        await _shop.ReceiveAsync(MetaPayloads.Edit(Id, Customer, "m1", Secret + "!", 1, At(2)));
        await MarkReadAsync();
        (await _shop.EverythingAsync()).ShouldContain(Secret);

        await _shop.ReceiveAsync(Unsend("m1", 3));
        await _shop.ReceiveAsync(Unsend("m1", 3));

        var everything = await _shop.EverythingAsync();
        everything.ShouldNotContain(Secret);
        everything.ShouldNotContain("cdn.example");
        everything.ShouldContain("stays");
        var message = await _shop.MessageAsync("m1");
        (message.Kind, message.Text, message.DeletedAt, message.SentAt).ShouldBe((MessageKind.Deleted, null, At(3), At(1)));
        var told = (await _shop.EventsAsync("message.deleted")).ShouldHaveSingleItem();
        told.GetProperty("message").GetRawText().ShouldBe(Json(message));
        (await _shop.EventsAsync("message.received"))[1].GetProperty("message").GetProperty("kind").GetString().ShouldBe("deleted");
        (await _shop.EventsAsync("conversation.updated")).ShouldHaveSingleItem().GetProperty("conversation").GetProperty("last_message")
            .GetProperty("kind").GetString().ShouldBe("deleted");
        await using var db = _shop.Store.Read();
        (await db.Set<Attachment>().AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task In_whatever_order_they_come_the_message_is_gone_and_in_its_place()
    {
        foreach (var (shop, order) in _shop.InAllOrders(
            Text("m", Secret, 0),
            MetaPayloads.Edit(Id, Customer, "m", Secret, 1, At(1)),
            MetaPayloads.React(Id, Customer, "m", "love", "❤️", At(2)),
            Unsend("m", 3)))
        {
            await shop.ReceiveEachAsync(order);
            await shop.ReceiveAsync(order);

            var message = await shop.MessageAsync("m");
            (message.Kind, message.SentAt, message.DeletedAt, message.EditedAt).ShouldBe((MessageKind.Deleted, At(0), At(3), null));
            message.Reactions.ShouldBeEmpty();
            (await shop.EverythingAsync()).ShouldNotContain(Secret);
            (await shop.EventsAsync("message.deleted")).ShouldHaveSingleItem();
            var conversation = await shop.ConversationAsync();
            (conversation.UnreadCount, conversation.LastInboundAt, conversation.LastMessageAt).ShouldBe((1, At(0), At(0)));
        }
    }

    [Fact]
    public async Task In_one_webhook_it_is_the_same()
    {
        await _shop.ReceiveAsync(Text("other", "stays", 0), Text("m", Secret, 1), Unsend("m", 2), Text("last", "stays too", 3));

        (await _shop.EverythingAsync()).ShouldNotContain(Secret);
        (await _shop.ThreadAsync()).Select(message => message.Text).ShouldBe(["stays", null, "stays too"]);
    }

    [Fact]
    public async Task A_message_that_never_came_and_was_taken_back_is_told_and_is_nothing_to_be_read()
    {
        await _shop.ReceiveAsync(Unsend("m1", 3));

        (await _shop.MessageAsync("m1")).Kind.ShouldBe(MessageKind.Deleted);
        (await _shop.EventsAsync("message.deleted")).ShouldHaveSingleItem();
        await using var db = _shop.Store.Read();
        var conversation = await db.Conversations.SingleAsync();
        (conversation.UnreadCount, conversation.LastInboundAt).ShouldBe((0, null));
    }

    /// <summary>The business takes back on its phone what it sent by our API, before Meta's answer is here.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_send_that_was_taken_back_before_its_answer_came_is_gone_too(bool byEcho)
    {
        await _shop.ReceiveAsync(Text("c", "hi", 0));
        var id = await ComposeAsync();
        (await _shop.EverythingAsync()).ShouldContain(Secret);

        await _shop.ReceiveAsync(MetaPayloads.EchoUnsend(Id, Customer, "b1", At(3)));
        if (byEcho) await _shop.ReceiveAsync(Echo("b1", Secret, 2));
        else await ReportAsync(Reports.Sent(id, _shop.Account.Id, "b1"));

        var message = await _shop.MessageAsync("b1");
        (message.Id, message.Kind, message.Direction, message.Status)
            .ShouldBe((id, MessageKind.Deleted, Direction.Outbound, MessageStatus.Sent));
        (await _shop.EverythingAsync()).ShouldNotContain(Secret);
        (await _shop.ThreadAsync()).Count.ShouldBe(2);
        (await _shop.EventsAsync("message.deleted"))[^1].GetProperty("message").GetProperty("id").GetString().ShouldBe(id.Value);
        await using var db = _shop.Store.Read();
        (await db.Conversations.SingleAsync()).LastMessageId.ShouldBe((await _shop.ThreadAsync())[^1].Id);
    }

    [Fact]
    public async Task The_bus_is_told_which_events_showed_it_for_those_who_keep_them()
    {
        var bus = new Heard();
        await using var shop = await OpenAsync(services =>
        {
            services.AddSingleton(bus);
            services.AddMessageHandler<StoreDbContext, InboxEvent, Listener>("crm-forwarder.inbox-event");
        });
        await shop.ReceiveAsync(Text("m1", Secret, 0));
        await shop.ReceiveAsync(MetaPayloads.Edit(Id, Customer, "m1", "no", 1, At(2)), Unsend("m1", 3));

        var deleted = await bus.Deleted.Task.WaitAsync(Patience.Long);

        var events = bus.Events.OrderBy(inboxEvent => inboxEvent.Sequence).ToList();
        events.Select(inboxEvent => inboxEvent.Type).ShouldBe(["message.received", "message.edited", "message.deleted"]);
        events.ShouldAllBe(inboxEvent => inboxEvent == deleted || inboxEvent.Erased == null);
        deleted.Erased.ShouldBe(events.Take(2).Select(inboxEvent => inboxEvent.Id));
        Encoding.UTF8.GetString(deleted.Body).ShouldNotContain(Secret);
    }

    /// <summary>Nothing that came says between whom the message is, so it is in no thread, and told as it came.</summary>
    [Fact]
    public async Task The_bus_is_told_which_events_showed_what_was_in_no_thread()
    {
        var bus = new Heard();
        await using var shop = await OpenAsync(services =>
        {
            services.AddSingleton(bus);
            services.AddMessageHandler<StoreDbContext, InboxEvent, Listener>("crm-forwarder.inbox-event");
        });
        await shop.ReceiveAsync(Nobodys(Text("m1", Secret, 0)));
        await shop.ReceiveAsync(Nobodys(Unsend("m1", 3)));
        await shop.ReceiveAsync(Nobodys(Text("m2", Secret, 0)));
        await shop.ReceiveAsync(Unsend("m2", 3));

        await bus.Deleted.Task.WaitAsync(Patience.Long);

        var events = bus.Events.DistinctBy(inboxEvent => inboxEvent.Id).OrderBy(inboxEvent => inboxEvent.Sequence).ToList();
        events.Select(inboxEvent => inboxEvent.Erased?.Single()).ShouldBe([null, events[0].Id, null, events[2].Id]);
    }

    /// <summary>Streams are shown the last events from memory: who comes back must not read there what answers quoted.</summary>
    [Fact]
    public async Task The_live_stream_forgets_the_events_that_showed_it_or_quoted_it()
    {
        var (ring, sessions, services) = (new LiveRing(), new LiveSessions(), _shop.Store.Services);
        var tail = ActivatorUtilities.CreateInstance<LiveTail>(services, ring, sessions);
        using var session = new LiveSession(
            new System.IO.Pipelines.Pipe().Writer,
            0,
            new LiveFilter(AccountReach.All, null),
            _ => ValueTask.FromResult<LiveFilter?>(null),
            TimeProvider.System);
        sessions.Add(session);
        await tail.RoundAsync(TestContext.Current.CancellationToken);
        await _shop.ReceiveAsync(Text("m1", Secret, 0), MetaPayloads.Reply(Id, Customer, "a1", "an answer", "m1", At(1)));
        await _shop.ReceiveAsync(Nobodys(Text("m2", Secret, 0)));
        await tail.RoundAsync(TestContext.Current.CancellationToken);
        InMemory().Count(frame => frame.Contains(Secret, StringComparison.Ordinal)).ShouldBe(3);

        await _shop.ReceiveAsync(Unsend("m1", 3));
        await _shop.ReceiveAsync(Nobodys(Unsend("m2", 3)));
        await tail.RoundAsync(TestContext.Current.CancellationToken);

        InMemory().ShouldNotBeEmpty();
        InMemory().ShouldAllBe(frame => !frame.Contains(Secret));

        List<string> InMemory() => [.. Enumerable.Range(1, (int)ring.Head)
            .Select(sequence => ring.TryGet(sequence, out var found) ? Encoding.UTF8.GetString(found.Frame) : "")
            .Where(frame => frame.Length > 0)];
    }

    /// <summary>Streams leave it out, so nobody is shown it. When it was asked for all the same, every stream stood still.</summary>
    [Fact]
    public async Task An_event_of_it_whose_id_cannot_be_read_stops_no_live_stream()
    {
        await _shop.ReceiveAsync(Text("m1", Secret, 0));
        await _shop.ReceiveAsync(Unsend("m1", 3));
        await _shop.Store.UnitOfWork.ExecuteAsync(
            scope => scope.Db.Database.ExecuteSqlAsync($"UPDATE events SET id = 'none' WHERE type = 'message.received'"));
        var pages = _shop.Store.Services.GetRequiredService<EventPages>();
        var rows = await pages.ReadAsync(AccountReach.All, 0, long.MaxValue, 10, TestContext.Current.CancellationToken);

        var emptied = await pages.EmptiedByAsync(rows, TestContext.Current.CancellationToken);

        rows.ShouldContain(row => row.Type == EventTypes.MessageDeleted);
        emptied[rows[^1].Sequence].ShouldBe([rows[^1].Id], "the one that cannot be read is left out");
    }

    private static System.Text.Json.Nodes.JsonObject Nobodys(System.Text.Json.Nodes.JsonObject item)
    {
        item.Remove("sender");
        item.Remove("recipient");
        return item;
    }

    private Task<MessageId> ComposeAsync() => _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var conversation = await scope.Db.Conversations.SingleAsync();
        var message = Message.Compose(
            conversation, MessageContent.Of(new OutgoingText(Secret)), Origin.Api, At(1), MessageId.New(TimeProvider.System));
        scope.Db.Messages.Add(message);
        conversation.Add(message, At(1));
        _shop.Store.Services.GetRequiredService<EventLog>().Append(
            scope, EventTypes.MessageStatus, await scope.Db.Accounts.SingleAsync(), conversation, message);
        return message.Id;
    });

    private Task ReportAsync(SendReported report) => _shop.Store.UnitOfWork.ExecuteAsync(
        scope => _shop.Store.Services.GetRequiredService<SendReports>().HandleAsync(
            scope, [new BusItem<SendReported>("r-1", null, report)]));

    private Task MarkReadAsync() => _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var conversation = await scope.Db.Conversations.SingleAsync();
        var view = await ConversationView.ListAsync(scope.Db, [conversation], At(2), default);
        _shop.Store.Services.GetRequiredService<EventLog>().Append(
            scope, await scope.Db.Accounts.SingleAsync(), conversation.Id, EventTypes.ConversationUpdated,
            new ConversationEventData(view[0]), shown: conversation.LastMessageId);
    });

    private sealed class Heard
    {
        public ConcurrentQueue<InboxEvent> Events { get; } = new();

        public TaskCompletionSource<InboxEvent> Deleted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Listener(Heard heard) : IMessageHandler<StoreDbContext, InboxEvent>
    {
        public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<InboxEvent>> items)
        {
            foreach (var item in items) heard.Events.Enqueue(item.Body);
            if (items.Select(item => item.Body).FirstOrDefault(body => body.Type == "message.deleted") is { } deleted)
                heard.Deleted.TrySetResult(deleted);
            return Task.CompletedTask;
        }
    }
}
