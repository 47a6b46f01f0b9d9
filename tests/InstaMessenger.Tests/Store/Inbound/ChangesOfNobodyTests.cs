using System.Text.Json.Nodes;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>
/// Changes that do not say between whom they are: only the message can. They were told as unknown and never applied, so that a message
/// which was taken back was shown in full when it came.
/// </summary>
public sealed class ChangesOfNobodyTests : IAsyncLifetime
{
    private const string Secret = "what they wish they had not said";
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_message_that_was_taken_back_is_gone_in_whatever_order_all_of_it_comes()
    {
        foreach (var (shop, order) in _shop.InAllOrders(
            Text("m", Secret, 0),
            Nobodys(MetaPayloads.Edit(Id, Customer, "m", Secret, 1, At(1))),
            MetaPayloads.React(Id, Customer, "m", "love", "❤️", At(2)),
            Nobodys(Unsend("m", 3))))
        {
            await shop.ReceiveEachAsync(order);
            // Before a repeat finds the message and heals what the order lost.
            (await shop.MessageAsync("m")).Kind.ShouldBe(MessageKind.Deleted);
            await shop.ReceiveAsync(order);

            var message = await shop.MessageAsync("m");
            (message.Kind, message.SentAt, message.DeletedAt).ShouldBe((MessageKind.Deleted, At(0), At(3)));
            message.Reactions.ShouldBeEmpty();
            (await shop.EverythingAsync()).ShouldNotContain(Secret);
            (await shop.EventsAsync("message.deleted")).ShouldHaveSingleItem();
            (await shop.ConversationAsync()).UnreadCount.ShouldBe(1);
        }
    }

    /// <summary>What cannot be put into a thread is told as it came, and its words stayed in the log for ever.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_was_told_as_it_came_says_nothing_more_once_it_was_taken_back(bool unsendIsNobodys, bool unsendIsFirst)
    {
        var unsend = unsendIsNobodys ? Nobodys(Unsend("m", 3)) : Unsend("m", 3);
        JsonObject[] said = [Nobodys(Text("m", Secret, 0)), Nobodys(MetaPayloads.Edit(Id, Customer, "m", Secret, 1, At(1)))];

        await _shop.ReceiveEachAsync(unsendIsFirst ? [unsend, .. said] : [.. said, unsend]);
        await _shop.ReceiveAsync([.. said, unsend]);

        (await _shop.EverythingAsync()).ShouldNotContain(Secret);
        var told = (await _shop.EventsAsync("event.unsupported")).Select(data => data.GetProperty("what").GetString()).ToList();
        told.ShouldContain("message");
        told.ShouldBeUnique();
    }

    [Fact]
    public async Task A_picture_that_was_taken_back_before_it_came_is_not_kept()
    {
        await _shop.ReceiveAsync(Nobodys(Unsend("m", 3)));

        await _shop.ReceiveAsync(MetaPayloads.Attachment(Id, Customer, "m", "image", "https://cdn.example/secret", At(0)));

        (await _shop.MessageAsync("m")).Attachments.ShouldBeEmpty();
        (await _shop.EverythingAsync()).ShouldNotContain("cdn.example");
        (await _shop.EventsAsync("message.received")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_send_that_was_taken_back_before_its_answer_came_is_gone_too(bool byEcho)
    {
        await _shop.ReceiveAsync(Text("c", "hi", 0));
        var id = await ComposeAsync();

        await _shop.ReceiveAsync(Nobodys(MetaPayloads.EchoUnsend(Id, Customer, "b1", At(3))));
        if (byEcho) await _shop.ReceiveAsync(Echo("b1", Secret, 2));
        else await ReportAsync(id, "b1");

        var message = await _shop.MessageAsync("b1");
        (message.Id, message.Kind, message.Status).ShouldBe((id, MessageKind.Deleted, MessageStatus.Sent));
        (await _shop.EverythingAsync()).ShouldNotContain(Secret);
        (await _shop.EventsAsync("message.deleted")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_reaction_waits_for_its_message_and_is_told_as_it_came()
    {
        var reaction = Nobodys(MetaPayloads.React(Id, Customer, "m", "love", "❤️", At(1)));
        await _shop.ReceiveAsync(reaction);
        await _shop.ReceiveAsync(reaction);

        await _shop.ReceiveAsync(Text("m", "hello", 0));

        (await _shop.MessageAsync("m")).Reactions.ShouldHaveSingleItem().Reaction.ShouldBe("love");
        (await _shop.EventsAsync("event.unsupported")).ShouldHaveSingleItem().GetProperty("what").GetString().ShouldBe("reaction");
    }

    /// <summary>It was told as it came, and the message said the old for ever.</summary>
    [Fact]
    public async Task An_edit_waits_for_its_message_in_whatever_order_both_come()
    {
        foreach (var (shop, order) in _shop.InAllOrders(
            Text("m", "helo", 0),
            Nobodys(MetaPayloads.Edit(Id, Customer, "m", "hello", 1, At(1))),
            Nobodys(MetaPayloads.Edit(Id, Customer, "m", "hello!", 2, At(2)))))
        {
            await shop.ReceiveEachAsync(order);
            // Before a repeat finds the message and heals what the order lost.
            (await shop.MessageAsync("m")).Text.ShouldBe("hello!");
            await shop.ReceiveAsync(order);

            var message = await shop.MessageAsync("m");
            (message.Text, message.SentAt, message.EditedAt).ShouldBe(("hello!", At(0), At(2)));
            message.Edits.Select(edit => edit.Text).ShouldBe(["helo", "hello"]);
            (await shop.ConversationAsync()).UnreadCount.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_read_message_is_read_whichever_comes_first(bool messagesFirst)
    {
        JsonObject[] items = [Echo("b1", "one", 1), Echo("b2", "two", 2), Nobodys(MetaPayloads.Read(Id, Customer, "b2", At(9)))];

        await _shop.ReceiveEachAsync(messagesFirst ? items : items.Reverse());

        (await _shop.ThreadAsync()).Select(message => message.ReadAt).ShouldBe([At(9), At(9)]);
        (await _shop.EventsAsync("message.read")).Count.ShouldBe(messagesFirst ? 1 : 0);
    }

    private static JsonObject Nobodys(JsonObject item)
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
        return message.Id;
    });

    private Task ReportAsync(MessageId message, string mid) => _shop.Store.UnitOfWork.ExecuteAsync(
        scope => _shop.Store.Services.GetRequiredService<SendReports>().HandleAsync(
            scope,
            [new BusItem<SendReported>("r-1", null, Reports.Sent(message, _shop.Account.Id, mid))]));
}
