using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Inbound.Arrivals;
using Microsoft.EntityFrameworkCore;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

public sealed class ReactionArrivalsTests : IAsyncLifetime
{
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_reaction_is_on_its_message_and_told_once()
    {
        await _shop.ReceiveAsync(Text("m1", "hello", 0));

        await _shop.ReceiveAsync(React("m1", "love", 1), React("m1", "love", 1));
        await _shop.ReceiveAsync(React("m1", "love", 1));

        var message = await _shop.MessageAsync("m1");
        var reaction = message.Reactions.ShouldHaveSingleItem();
        (reaction.By, reaction.Reaction, reaction.Emoji, reaction.At).ShouldBe((Party.Customer, "love", "❤️", At(1)));
        var told = (await _shop.EventsAsync("message.reaction")).ShouldHaveSingleItem();
        told.GetProperty("message_id").GetString().ShouldBe(message.Id.Value);
        told.GetProperty("instagram_message_id").GetString().ShouldBe("m1");
        told.GetProperty("contact").GetProperty("id").GetString().ShouldBe(Customer);
        told.GetProperty("reaction").GetRawText()
            .ShouldBe("""{"by":"customer","action":"react","reaction":"love","emoji":"❤️","at":"2025-07-18T10:35:11.000Z"}""");
        (await _shop.EventsAsync("event.unsupported")).ShouldBeEmpty();
    }

    [Fact]
    public async Task In_whatever_order_they_come_the_last_reaction_of_each_side_is_left()
    {
        foreach (var (shop, order) in _shop.InAllOrders(
            Echo("m", "an answer", 0),
            React("m", "love", 1),
            React("m", "sad", 2),
            MetaPayloads.Item(Id, Customer, At(3), "reaction", new() { ["mid"] = "m", ["action"] = "react", ["reaction"] = "like" })))
        {
            await shop.ReceiveEachAsync(order);
            await shop.ReceiveAsync(order);

            (await shop.MessageAsync("m")).Reactions.Select(reaction => (reaction.By, reaction.Reaction))
                .ShouldBe([(Party.Customer, "sad"), (Party.Business, "like")]);
        }
    }

    [Fact]
    public async Task A_reaction_that_was_taken_back_does_not_return_when_it_comes_late()
    {
        await _shop.ReceiveAsync(Text("m1", "hello", 0));

        await _shop.ReceiveAsync(MetaPayloads.Unreact(Id, Customer, "m1", At(2)));
        await _shop.ReceiveAsync(React("m1", "love", 1));

        (await _shop.MessageAsync("m1")).Reactions.ShouldBeEmpty();
        (await _shop.EventsAsync("message.reaction")).ShouldBeEmpty("nobody ever saw it, so nothing changed");
    }

    [Fact]
    public async Task A_reaction_to_a_message_that_is_not_known_is_told_and_waits_for_it()
    {
        await _shop.ReceiveAsync(React("m1", "wow", 1), React("never", "wow", 1));

        var told = await _shop.EventsAsync("message.reaction");
        told.Select(data => (data.GetProperty("message_id").GetString(), data.GetProperty("instagram_message_id").GetString()))
            .ShouldBe([(null, "m1"), (null, "never")]);
        await using (var db = _shop.Store.Read()) (await db.Conversations.AnyAsync()).ShouldBeFalse("it is no message");

        await _shop.ReceiveAsync(Text("m1", "hello", 0));

        var received = (await _shop.EventsAsync("message.received")).ShouldHaveSingleItem();
        received.GetProperty("message").GetProperty("reactions")[0].GetProperty("reaction").GetString().ShouldBe("wow");
        await using var after = _shop.Store.Read();
        (await after.Set<EarlyChange>().SingleAsync()).InstagramMessageId.Value.ShouldBe("never");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"mid":"m1"}""")]
    [InlineData("""{"mid":"m1","action":"dance","emoji":"x"}""")]
    [InlineData("""{"action":"react","reaction":"love"}""")]
    [InlineData("""[]""")]
    public async Task What_is_no_reaction_is_told_as_it_came(string reaction)
    {
        await _shop.ReceiveAsync(Text("m1", "hello", 0));
        var item = MetaPayloads.Item(Customer, Id, At(1), "reaction", []);
        item["reaction"] = System.Text.Json.Nodes.JsonNode.Parse(reaction);

        await _shop.ReceiveAsync(item);

        (await _shop.EventsAsync("event.unsupported")).ShouldHaveSingleItem();
        (await _shop.MessageAsync("m1")).Reactions.ShouldBeEmpty();
    }

    /// <summary>It would count as of now each time, and a repeat of the first would undo the second.</summary>
    [Fact]
    public async Task Reactions_without_a_time_are_recognised_when_they_come_again()
    {
        await _shop.ReceiveAsync(Text("m1", "hello", 0));
        string[] items = [.. new[] { "love", "sad" }.Select(name =>
            $$"""{"entry":[{"id":"{{Id}}","messaging":[{"sender":{"id":"20"},"recipient":{"id":"{{Id}}"},"""
                + $$""" "reaction":{"mid":"m1","action":"react","reaction":"{{name}}"} }] }] }""")];

        foreach (var item in (string[])[items[0], items[1], items[0]]) await _shop.Store.ReceiveAsync(item);

        (await _shop.MessageAsync("m1")).Reactions.ShouldHaveSingleItem().Reaction.ShouldBe("sad");
        (await _shop.EventsAsync("message.reaction")).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(@"\u{2764}\u{FE0F}", "❤️")]
    [InlineData(@"\u{1f44d}", "👍")]
    [InlineData(@"\u{D800}", @"\u{D800}")]
    [InlineData(@"\u{FFFFFFFF}", @"\u{FFFFFFFF}")]
    [InlineData("👍", "👍")]
    public void A_character_that_is_spelt_out_is_read(string spelt, string expected) => ReactionArrivals.Spelt(spelt).ShouldBe(expected);

    private static System.Text.Json.Nodes.JsonObject React(string mid, string name, int second) =>
        MetaPayloads.React(Id, Customer, mid, name, "❤️", At(second));
}
