using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Domain;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>What customers do without writing: they tap, they follow a link, they comment.</summary>
public sealed class PostbackArrivalsTests : IAsyncLifetime
{
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Theory]
    [InlineData("p1")]
    [InlineData(null)]
    public async Task A_tap_is_an_item_of_the_thread_and_opens_the_window(string? mid)
    {
        var tap = MetaPayloads.Postback(Id, Customer, mid, "Talk to us", "HUMAN", At(1));

        await _shop.ReceiveAsync(tap, tap);
        await _shop.ReceiveAsync(tap);

        var message = (await _shop.ThreadAsync()).ShouldHaveSingleItem();
        (message.Kind, message.Text, message.Postback, message.Raw)
            .ShouldBe((MessageKind.Postback, "Talk to us", new Postback("Talk to us", "HUMAN"), null));
        var told = (await _shop.EventsAsync("postback.received")).ShouldHaveSingleItem();
        told.GetProperty("postback").GetProperty("payload").GetString().ShouldBe("HUMAN");
        told.GetProperty("message").GetProperty("kind").GetString().ShouldBe("postback");
        var conversation = await _shop.ConversationAsync();
        (conversation.UnreadCount, conversation.LastInboundAt).ShouldBe((1, At(1)));
    }

    [Fact]
    public async Task A_link_into_a_thread_is_an_item_of_it()
    {
        var link = MetaPayloads.Referral(Id, Customer, "summer", "https://ig.me/m/shop", At(1));

        await _shop.ReceiveAsync(link, link);

        var message = (await _shop.ThreadAsync()).ShouldHaveSingleItem();
        (message.Kind, message.Text, message.Referral!.Ref, message.Raw).ShouldBe((MessageKind.Referral, null, "summer", null));
        (await _shop.EventsAsync("referral.received")).ShouldHaveSingleItem().GetProperty("referral").GetProperty("source").GetString()
            .ShouldBe("https://ig.me/m/shop");
    }

    /// <summary>Of boosted posts they come again with more members.</summary>
    [Fact]
    public async Task A_comment_is_told_once_by_its_id_and_is_in_no_thread()
    {
        var comment = MetaPayloads.Comment(Id, Customer, "178", "price?", At(1));
        var again = MetaPayloads.Comment(Id, Customer, "178", "price?", At(1));
        again["entry"]![0]!["changes"]![0]!["value"]!["media"]!["ad_id"] = "5";

        foreach (var body in (System.Text.Json.Nodes.JsonObject[])[comment, again, comment])
            await _shop.Store.ReceiveAsync(System.Text.Encoding.UTF8.GetString(MetaPayloads.Bytes(body)));

        var told = (await _shop.EventsAsync("comment.received")).ShouldHaveSingleItem().GetProperty("comment");
        (told.GetProperty("id").GetString(), told.GetProperty("media_id").GetString(), told.GetProperty("text").GetString())
            .ShouldBe(("178", "179", "price?"));
        told.GetProperty("from").GetProperty("id").GetString().ShouldBe(Customer);
        told.GetProperty("sent_at").GetDateTimeOffset().ShouldBe(At(1));
        (await _shop.ThreadAsync()).ShouldBeEmpty();
    }

    /// <summary>It was told with a time in the future, or with none.</summary>
    [Theory]
    [InlineData(4_000_000_000_000)]
    [InlineData(null)]
    public async Task A_comment_whose_time_is_still_to_come_or_missing_was_written_when_it_came(long? time)
    {
        var comment = MetaPayloads.Comment(Id, Customer, "178", "price?", At(1));
        comment["entry"]![0]!["time"] = time;
        var before = TimeProvider.System.GetUtcNow().AddMilliseconds(-1);

        await _shop.Store.ReceiveAsync(System.Text.Encoding.UTF8.GetString(MetaPayloads.Bytes(comment)));

        (await _shop.EventsAsync("comment.received")).ShouldHaveSingleItem().GetProperty("comment").GetProperty("sent_at")
            .GetDateTimeOffset().ShouldBeInRange(before, TimeProvider.System.GetUtcNow());
    }

    [Theory]
    [InlineData("policy-enforcement")]
    [InlineData("account_linking")]
    [InlineData("pass_thread_control")]
    [InlineData("optin")]
    public async Task What_else_happens_is_told_by_its_own_name(string name)
    {
        await _shop.ReceiveAsync(MetaPayloads.Item(Customer, Id, At(1), name, new() { ["reason"] = "why" }));

        var told = (await _shop.EventsAsync("event.unsupported")).ShouldHaveSingleItem();
        told.GetProperty("what").GetString().ShouldBe(name);
        told.GetProperty("raw").GetRawText().ShouldContain("why");
    }
}
