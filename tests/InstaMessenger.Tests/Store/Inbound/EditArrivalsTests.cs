using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

public sealed class EditArrivalsTests : IAsyncLifetime
{
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task An_edited_message_says_the_new_text_and_keeps_the_old_one()
    {
        await _shop.ReceiveAsync(Text("m1", "first", 0));

        await _shop.ReceiveAsync(Edit("m1", "second", 1, 5), Edit("m1", "second", 1, 5));
        await _shop.ReceiveAsync(Edit("m1", "third", 2, 6));

        var message = await _shop.MessageAsync("m1");
        (message.Text, message.EditedAt).ShouldBe(("third", At(6)));
        message.Edits.Select(edit => (edit.Text, edit.EditedAt)).ShouldBe([("first", At(5)), ("second", At(6))]);
        (await _shop.EventsAsync("message.edited")).Select(data => data.GetProperty("message").GetProperty("text").GetString())
            .ShouldBe(["second", "third"]);
    }

    [Fact]
    public async Task In_whatever_order_they_come_the_message_is_the_same()
    {
        foreach (var (shop, order) in _shop.InAllOrders(Text("m", "first", 0), Edit("m", "second", 1, 5), Edit("m", "third", 2, 6)))
        {
            await shop.ReceiveEachAsync(order);
            await shop.ReceiveAsync(order);

            var message = await shop.MessageAsync("m");
            (message.Text, message.SentAt, message.EditedAt).ShouldBe(("third", At(0), At(6)));
            message.Edits.Select(edit => edit.Text).ShouldBe(["first", "second"]);
            (await shop.EventsAsync("message.received")).ShouldHaveSingleItem("the message itself is told, whenever it comes");
            (await shop.EventsAsync("message.edited")).Count.ShouldBe(2);
            var conversation = await shop.ConversationAsync();
            (conversation.UnreadCount, conversation.LastInboundAt, conversation.LastMessageAt).ShouldBe((1, At(0), At(0)));
        }
    }

    [Fact]
    public async Task An_edit_of_a_message_that_never_came_is_all_that_is_known_of_it()
    {
        await _shop.ReceiveAsync(Edit("m1", "what it says now", 3, 5));

        var message = await _shop.MessageAsync("m1");
        (message.Kind, message.Text, message.Direction, message.EditedAt)
            .ShouldBe((MessageKind.Text, "what it says now", Direction.Inbound, At(5)));
        message.Edits.ShouldHaveSingleItem().Text.ShouldBeNull();
        (await _shop.EventsAsync("message.edited")).ShouldHaveSingleItem();
        await using var db = _shop.Store.Read();
        var conversation = await db.Conversations.SingleAsync();
        (conversation.UnreadCount, conversation.LastInboundAt).ShouldBe((1, null), "it is to be read, and it is no message of now");
    }

    [Fact]
    public async Task An_edit_without_a_text_is_none()
    {
        await _shop.ReceiveAsync(Text("m1", "first", 0));

        await _shop.ReceiveAsync(
            MetaPayloads.Edit(Id, Customer, "m1", null, 0, At(1)), MetaPayloads.EditWithoutSender("m1", At(1)),
            MetaPayloads.Edit(Id, Customer, "m1", "first", 0, At(1)));

        var message = await _shop.MessageAsync("m1");
        (message.Text, message.EditedAt).ShouldBe(("first", null));
        (await _shop.EventsAsync("message.edited")).ShouldBeEmpty();
        (await _shop.EventsAsync("event.unsupported")).ShouldBeEmpty();
    }

    /// <summary>It is the only sign of the message, so somebody must be able to see it.</summary>
    [Fact]
    public async Task An_edit_without_a_text_of_a_message_that_is_not_there_is_told_as_it_came()
    {
        await _shop.ReceiveAsync(MetaPayloads.EditWithoutSender("m1", At(1)));
        await _shop.ReceiveAsync(MetaPayloads.EditWithoutSender("m1", At(1)));

        (await _shop.EventsAsync("event.unsupported")).ShouldHaveSingleItem().GetProperty("what").GetString().ShouldBe("message_edit");
        (await _shop.ThreadAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_edit_that_names_nobody_changes_the_message_that_it_names()
    {
        await _shop.ReceiveAsync(Text("m1", "first", 0));
        var edit = MetaPayloads.EditWithoutSender("m1", At(5));
        edit["message_edit"]!["text"] = "second";
        edit["message_edit"]!["num_edit"] = "1";

        await _shop.ReceiveAsync(edit);

        (await _shop.MessageAsync("m1")).Text.ShouldBe("second");
    }

    private static System.Text.Json.Nodes.JsonObject Edit(string mid, string text, int number, int second) =>
        MetaPayloads.Edit(Id, Customer, mid, text, number, At(second));
}
