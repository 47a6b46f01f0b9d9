using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

public sealed class ReadArrivalsTests : IAsyncLifetime
{
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task All_of_the_business_up_to_the_message_is_read_and_told_once()
    {
        await _shop.ReceiveAsync(Text("c", "hi", 0), Echo("b1", "one", 1), Echo("b2", "two", 2), Echo("b3", "three", 3));

        await _shop.ReceiveAsync(Read("b2", 9), Read("b2", 9));
        await _shop.ReceiveAsync(Read("b2", 9));

        (await _shop.ThreadAsync()).Select(message => (message.Status, message.ReadAt))
            .ShouldBe([(null, null), (MessageStatus.Read, At(9)), (MessageStatus.Read, At(9)), (MessageStatus.Sent, null)]);
        var told = (await _shop.EventsAsync("message.read")).ShouldHaveSingleItem();
        told.GetProperty("message_id").GetString().ShouldBe((await _shop.MessageAsync("b2")).Id.Value);
        told.GetProperty("read_at").GetString().ShouldBe("2025-07-18T10:35:19.000Z");
    }

    [Fact]
    public async Task Messenger_names_a_moment_instead_of_a_message()
    {
        await _shop.ReceiveAsync(Echo("b1", "one", 1), Echo("b2", "two", 2));

        await _shop.ReceiveAsync(MetaPayloads.ReadUpTo(Id, Customer, At(1), At(5)));

        (await _shop.MessageAsync("b1")).ReadAt.ShouldBe(At(5));
        (await _shop.MessageAsync("b2")).ReadAt.ShouldBeNull();
        (await _shop.EventsAsync("message.read")).ShouldHaveSingleItem().GetProperty("message_id").GetString()
            .ShouldBe((await _shop.MessageAsync("b1")).Id.Value);
    }

    /// <summary>Every answer that was sent later was read in the same moment, for as long as the wrong clock was ahead.</summary>
    [Fact]
    public async Task A_moment_that_is_still_to_come_marks_only_what_was_sent_before_the_receipt()
    {
        await _shop.ReceiveAsync(Echo("b1", "one", 1));
        await _shop.ReceiveAsync(MetaPayloads.ReadUpTo(Id, Customer, DateTimeOffset.FromUnixTimeMilliseconds(4_000_000_000_000), At(5)));

        await _shop.ReceiveAsync(Echo("b2", "two", 7));
        (await _shop.ThreadAsync()).Select(message => message.ReadAt).ShouldBe([At(5), null]);

        await _shop.ReceiveAsync(MetaPayloads.ReadUpTo(Id, Customer, At(8), At(9)));
        (await _shop.ThreadAsync()).Select(message => message.ReadAt).ShouldBe([At(5), At(9)]);
        (await _shop.EventsAsync("message.read")).Select(told => told.GetProperty("message_id").GetString())
            .ShouldBe([(await _shop.MessageAsync("b1")).Id.Value, (await _shop.MessageAsync("b2")).Id.Value]);
    }

    [Fact]
    public async Task In_whatever_order_they_come_each_message_was_read_when_it_was_first_read()
    {
        foreach (var (shop, order) in _shop.InAllOrders(Echo("b1", "one", 1), Echo("b2", "two", 2), Read("b1", 5), Read("b2", 7)))
        {
            await shop.ReceiveEachAsync(order);
            await shop.ReceiveAsync(order);

            (await shop.ThreadAsync()).Select(message => message.ReadAt).ShouldBe([At(5), At(7)]);
            (await shop.EventsAsync("message.read")).Count.ShouldBeLessThanOrEqualTo(2);
        }
    }

    /// <summary>One that came before anything of its thread was lost, and what it said of was unread for ever.</summary>
    [Fact]
    public async Task A_moment_counts_for_what_comes_after_its_receipt_too()
    {
        foreach (var (shop, order) in _shop.InAllOrders(
            Echo("b1", "one", 1),
            Echo("b2", "two", 2),
            MetaPayloads.ReadUpTo(Id, Customer, At(1), At(5)),
            MetaPayloads.ReadUpTo(Id, Customer, At(3), At(7))))
        {
            await shop.ReceiveEachAsync(order);

            (await shop.ThreadAsync()).Select(message => message.ReadAt).ShouldBe([At(5), At(7)]);
        }
    }

    /// <summary>Until it comes, a message stands where its first change does, which a wrong clock may put before it.</summary>
    [Fact]
    public async Task What_was_edited_before_it_came_is_read_by_the_receipts_that_reach_its_own_time()
    {
        foreach (var (shop, order) in _shop.InAllOrders(
            Echo("b1", "one", 1),
            Echo("b3", "three", 3),
            MetaPayloads.Edit(Customer, Id, "b3", "3", 1, At(0)),
            MetaPayloads.ReadUpTo(Id, Customer, At(2), At(5))))
        {
            await shop.ReceiveEachAsync(order);

            (await shop.ThreadAsync()).Select(message => message.ReadAt).ShouldBe([At(5), null]);
            (await shop.ThreadAsync())[1].Status.ShouldBe(MessageStatus.Sent);
        }
    }

    [Fact]
    public async Task A_thread_of_which_only_a_receipt_came_is_on_no_list()
    {
        await _shop.ReceiveAsync(MetaPayloads.ReadUpTo(Id, Customer, At(1), At(5)));

        (await _shop.EventsAsync("message.read")).ShouldHaveSingleItem();
        await using var db = _shop.Store.Read();
        (await db.Conversations.CountAsync()).ShouldBe(1);
        (await new ConversationQuery(AccountReach.All, null, null, null, 10).Keys(db).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task In_one_webhook_it_is_the_same()
    {
        foreach (var (shop, order) in _shop.InAllOrders(Echo("b1", "one", 1), Echo("b2", "two", 2), Read("b1", 5), Read("b2", 7)))
        {
            await shop.ReceiveAsync(order);

            (await shop.ThreadAsync()).Select(message => message.ReadAt).ShouldBe([At(5), At(7)]);
        }
    }

    /// <summary>The customer looks on while we answer: their receipt is here before Meta's answer to our call.</summary>
    [Fact]
    public async Task A_receipt_that_overtakes_the_answer_to_our_send_is_on_the_message()
    {
        await _shop.ReceiveAsync(Text("c", "hi", 0));
        var id = await ComposeAsync("answer");

        await _shop.ReceiveAsync(Read("b1", 9));
        await ReportAsync(Reports.Sent(id, _shop.Account.Id, "b1"));

        var message = await _shop.MessageAsync("b1");
        (message.Id, message.Status, message.ReadAt).ShouldBe((id, MessageStatus.Read, At(9)));
        (await _shop.EventsAsync("message.read")).ShouldHaveSingleItem().GetProperty("instagram_message_id").GetString().ShouldBe("b1");
        (await _shop.EventsAsync("message.sent")).ShouldHaveSingleItem().GetProperty("message").GetProperty("status").GetString()
            .ShouldBe("read");
    }

    [Fact]
    public async Task A_receipt_of_the_business_itself_says_nothing_of_the_customer()
    {
        await _shop.ReceiveAsync(Echo("b1", "one", 1));

        await _shop.ReceiveAsync(MetaPayloads.Item(Id, Customer, At(5), "read", new() { ["mid"] = "b1" }));

        (await _shop.MessageAsync("b1")).ReadAt.ShouldBeNull();
        (await _shop.EventsAsync("event.unsupported")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_thread_remembers_few_receipts_and_takes_none_twice()
    {
        var receipts = Enumerable.Range(1, 30).Select(n => Read($"b{n}", 100 + n)).ToArray();
        await _shop.ReceiveAsync([.. Enumerable.Range(1, 30).Select(n => Echo($"b{n}", $"{n}", n))]);

        foreach (var receipt in receipts) await _shop.ReceiveAsync(receipt);
        foreach (var receipt in receipts) await _shop.ReceiveAsync(receipt);

        (await _shop.EventsAsync("message.read")).Count.ShouldBe(30);
        (await _shop.ThreadAsync()).Select(message => message.ReadAt)
            .ShouldBe(Enumerable.Range(1, 30).Select(n => (DateTimeOffset?)At(100 + n)));
        await using var db = _shop.Store.Read();
        (await db.Conversations.SingleAsync()).Reads!.All.Count.ShouldBe(10);
    }

    private static System.Text.Json.Nodes.JsonObject Read(string mid, int second) => MetaPayloads.Read(Id, Customer, mid, At(second));

    private Task<MessageId> ComposeAsync(string text) => _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var conversation = await scope.Db.Conversations.SingleAsync();
        var message = Message.Compose(conversation, MessageContent.OfText(text), Origin.Api, At(1), MessageId.New(TimeProvider.System));
        scope.Db.Messages.Add(message);
        conversation.Add(message, At(1));
        return message.Id;
    });

    private Task ReportAsync(SendReported report) => _shop.Store.UnitOfWork.ExecuteAsync(
        scope => _shop.Store.Services.GetRequiredService<SendReports>().HandleAsync(
            scope, [new BusItem<SendReported>("r-1", null, report)]));
}
