using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Conversations;
using Microsoft.EntityFrameworkCore;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>What a message shows of the one that it answers.</summary>
public sealed class RepliesTests : IAsyncLifetime
{
    private const string Secret = "what they wish they had not said";
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task An_answer_shows_what_it_answers_in_the_thread_in_the_list_and_when_it_is_told()
    {
        await _shop.ReceiveAsync(Echo("b1", "Are you open?", 0));
        await _shop.ReceiveAsync(Reply("m1", "Yes", "b1", 1));

        var question = await _shop.MessageAsync("b1");
        var expected = $$"""{"message_id":"{{question.Id}}","instagram_message_id":"b1","kind":"text","excerpt":"Are you open?"}""";
        (await ReplyToAsync("m1")).ShouldBe(expected);
        (await _shop.EventsAsync("message.received")).ShouldHaveSingleItem().GetProperty("message").GetProperty("reply_to").GetRawText()
            .ShouldBe(expected);
        await using var db = _shop.Store.Read();
        var listed = await ConversationView.ListAsync(db, await db.Conversations.ToListAsync(), At(9), default);
        Json(listed.ShouldHaveSingleItem().LastMessage!.ReplyTo!).ShouldBe(expected);
    }

    [Fact]
    public async Task In_whatever_order_they_come_the_thread_shows_it_as_it_is_now()
    {
        foreach (var (shop, order) in _shop.InAllOrders(
            Text("q", "at nine", 0), MetaPayloads.Edit(Id, Customer, "q", "at ten", 1, At(2)), Reply("a", "fine", "q", 1)))
        {
            await shop.ReceiveEachAsync(order);

            (await shop.MessageAsync("a")).ReplyTo!.Excerpt.ShouldBe("at ten");
        }
    }

    [Fact]
    public async Task In_one_webhook_it_is_told_too()
    {
        await _shop.ReceiveAsync(Text("q", "at nine", 0), Reply("a", "fine", "q", 1));

        (await _shop.EventsAsync("message.received"))[1].GetProperty("message").GetProperty("reply_to").GetProperty("excerpt").GetString()
            .ShouldBe("at nine");
    }

    [Fact]
    public async Task What_is_not_here_is_named_by_its_mid_alone()
    {
        await _shop.ReceiveAsync(Reply("a", "fine", "elsewhere", 1));

        (await ReplyToAsync("a")).ShouldBe("""{"message_id":null,"instagram_message_id":"elsewhere","kind":null,"excerpt":null}""");
    }

    /// <summary>The quote was left standing in the answer's events.</summary>
    [Fact]
    public async Task An_unsend_takes_the_excerpt_out_of_answers_and_out_of_their_events()
    {
        foreach (var (shop, order) in _shop.InAllOrders(Text("q", Secret, 0), Reply("a", "stays", "q", 1), Unsend("q", 2)))
        {
            await shop.ReceiveEachAsync(order);

            (await _shop.EverythingAsync()).ShouldNotContain(Secret);
            var answer = await shop.MessageAsync("a");
            (answer.Text, answer.ReplyTo!.Kind?.ToString(), answer.ReplyTo.Excerpt).ShouldBe(("stays", "Deleted", null));
        }
    }

    [Fact]
    public async Task A_long_text_is_cut_and_no_character_in_halves()
    {
        await _shop.ReceiveAsync(Text("q", string.Concat(Enumerable.Repeat("👩‍👩‍👧", 120)), 0), Reply("a", "fine", "q", 1));

        (await _shop.MessageAsync("a")).ReplyTo!.Excerpt.ShouldBe(string.Concat(Enumerable.Repeat("👩‍👩‍👧", 100)) + "…");
    }

    private async Task<string> ReplyToAsync(string mid) => Json((await _shop.MessageAsync(mid)).ReplyTo!);

    private static System.Text.Json.Nodes.JsonObject Reply(string mid, string text, string to, int second) =>
        MetaPayloads.Reply(Id, Customer, mid, text, to, At(second));
}
