using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>What an event says of its thread, so that whoever follows the log needs no read for it.</summary>
public sealed class EventConversationTests : IAsyncLifetime
{
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await InboundShop.OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task Every_event_of_a_message_says_how_the_thread_is_right_after_it()
    {
        await _shop.ReceiveAsync(
            InboundShop.Text("a", "one", 1),
            InboundShop.Text("b", "two", 2),
            InboundShop.Echo("c", "answer", 3),
            MetaPayloads.React(InboundShop.Id, InboundShop.Customer, "c", "love", "\u2764", InboundShop.At(4)),
            MetaPayloads.Read(InboundShop.Id, InboundShop.Customer, "c", InboundShop.At(5)),
            MetaPayloads.Edit(InboundShop.Id, InboundShop.Customer, "a", "one, edited", 1, InboundShop.At(6)),
            InboundShop.Unsend("b", 7));

        (await StatesAsync("message.received")).ShouldBe([(1, InboundShop.At(1)), (2, InboundShop.At(2))]);
        foreach (var type in (string[])["message.sent", "message.reaction", "message.read", "message.edited", "message.deleted"])
            (await StatesAsync(type)).ShouldBe([(2, InboundShop.At(2))], type);
    }

    [Fact]
    public async Task A_reaction_and_a_read_of_a_thread_that_has_not_begun_say_so()
    {
        await _shop.ReceiveAsync(
            MetaPayloads.React(InboundShop.Id, InboundShop.Customer, "c", "love", "\u2764", InboundShop.At(4)));

        (await _shop.EventsAsync("message.reaction")).ShouldHaveSingleItem().GetProperty("conversation").ValueKind
            .ShouldBe(JsonValueKind.Null);
    }

    /// <summary>How many messages were unread and when the customer had last written, after a look at what stands beside that.</summary>
    private async Task<List<(int Unread, DateTimeOffset WroteAt)>> StatesAsync(string type)
    {
        var thread = await _shop.ConversationAsync();
        var states = (await _shop.EventsAsync(type)).Select(data => data.GetProperty("conversation")).ToList();
        foreach (var state in states)
        {
            state.GetProperty("id").GetString().ShouldBe(thread.Id.Value);
            state.GetProperty("account_id").GetString().ShouldBe(thread.AccountId.Value);
            state.GetProperty("contact").GetProperty("id").GetString().ShouldBe(InboundShop.Customer);
            state.GetProperty("window").GetProperty("state").GetString().ShouldBe("closed");
            state.TryGetProperty("last_message", out _).ShouldBeFalse("the message is beside it");
        }

        return states.ConvertAll(state => (
            state.GetProperty("unread_count").GetInt32(),
            state.GetProperty("window").GetProperty("closes_at").GetDateTimeOffset() - ResponseWindows.HumanAgents));
    }
}
