using System.Text;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Store.Inbound.Arrivals;
using Microsoft.Extensions.DependencyInjection;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>What names an event: what it is must not depend on how Meta writes it, and what only looks like one of ours is told.</summary>
public sealed class WebhookItemNameTests : IAsyncLifetime
{
    private const string Sides = """ "sender":{"id":"20"},"recipient":{"id":"17841400000000000"},"timestamp":1752834910447, """;

    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    /// <summary>The first object named the event, so one tap was a tap or a referral, by the order of its members.</summary>
    [Theory]
    [InlineData("postback", """ "referral":{"ref":"r"},"postback":{"mid":"m"} """)]
    [InlineData("postback", """ "postback":{"mid":"m"},"referral":{"ref":"r"} """)]
    [InlineData("message", """ "referral":{"ref":"r"},"message":{"mid":"m"} """)]
    [InlineData("reaction", """ "new":{},"reaction":{"mid":"m"} """)]
    [InlineData("reaction", """ "reaction":{"mid":"m"},"new":{} """)]
    [InlineData("new", """ "reaction":"none","new":{} """)]
    public void The_order_of_members_makes_no_difference(string name, string members) =>
        MetaWebhook.Read(Encoding.UTF8.GetBytes($$"""{"entry":[{"id":"1","messaging":[{{{Sides}}{{members}}}]}]}"""))
            .ShouldHaveSingleItem().Name.ShouldBe(name);

    [Fact]
    public async Task A_tap_that_comes_again_with_its_members_in_another_order_is_one_tap()
    {
        await ReceiveAsync($$"""{{{Sides}}"referral":{"ref":"r"},"postback":{"title":"Yes","payload":"Y"} }""");
        await ReceiveAsync($$"""{{{Sides}}"postback":{"title":"Yes","payload":"Y"},"referral":{"ref":"r"} }""");

        var told = (await _shop.EventsAsync("postback.received")).ShouldHaveSingleItem();
        told.GetProperty("message").GetProperty("referral").GetProperty("ref").GetString().ShouldBe("r");
        (await _shop.EventsAsync("referral.received")).ShouldBeEmpty();
    }

    [Fact]
    public void Every_member_that_a_handler_reads_names_its_event_whatever_stands_before_it()
    {
        string[] byOtherMeans = ["message", WebhookItemName.Unsend, "comments", "live_comments"];

        _shop.Store.Services.GetServices<IArrivalHandler>().Select(handler => handler.Name).Except(byOtherMeans)
            .ShouldBe(WebhookItemName.Known, ignoreOrder: true);
    }

    /// <summary>The handler of that name threw, and the event became a dead letter that nobody could replay.</summary>
    [Theory]
    [InlineData("message_edit", """ "changes":[{"field":"message_edit","value":{"mid":"m","text":"x","num_edit":1}}] """)]
    [InlineData("message_edit", """ "changes":[{"field":"message_edit","value":"x"}] """)]
    [InlineData("reaction", """ "changes":[{"field":"reaction","value":{"mid":"m","reaction":"love"}}] """)]
    [InlineData("read", """ "changes":[{"field":"read","value":[1]}] """)]
    [InlineData("read", """ "field":"read","value":{"mid":"m"} """)]
    [InlineData("message", """ "changes":[{"field":"message","value":{"mid":"m","text":"x"}}] """)]
    [InlineData("postback", """ "changes":[{"field":"postback","value":{"mid":"m"}}] """)]
    [InlineData("comments", """ "changes":[{"field":"comments","value":7}] """)]
    [InlineData("message_deleted", """ "changes":[{"field":"message_deleted","value":{"mid":"m"}}] """)]
    [InlineData("message_deleted", """ "messaging":[{"sender":{"id":"20"},"message_deleted":{"mid":"m"}}] """)]
    [InlineData("read", """ "messaging":[{"sender":{"id":"20"},"read":7}] """)]
    public async Task What_only_has_the_name_of_an_event_of_ours_is_told_as_it_came(string what, string entry)
    {
        await _shop.Store.ReceiveAsync($$"""{"object":"instagram","entry":[{"id":"{{Id}}","time":1752834911539,{{entry}}}]}""");

        (await _shop.EventsAsync("event.unsupported")).ShouldHaveSingleItem().GetProperty("what").GetString().ShouldBe(what);
    }

    private Task ReceiveAsync(string item) =>
        _shop.Store.ReceiveAsync($$"""{"object":"instagram","entry":[{"id":"{{Id}}","time":1752834911539,"messaging":[{{item}}]}]}""");
}
