using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What Instagram sends besides plain texts and pictures.</summary>
public abstract partial class FlowSuite
{
    [Theory]
    [InlineData("story_mention", "https://cdn.example/1", "story_mention")]
    [InlineData("ig_post", "https://cdn.example/1", "share")]
    [InlineData("ig_reel", "https://cdn.example/1", "reel")]
    [InlineData("sticker", "https://cdn.example/1", "sticker")]
    [InlineData("like_heart", null, "like_heart")]
    [InlineData("ephemeral", null, "ephemeral")]
    [InlineData("location", null, "unsupported")]
    public async Task Each_kind_is_the_same_in_the_event_and_in_the_thread(string type, string? url, string kind)
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();

        var mid = await customer.ShowAsync(type, url);

        var told = (await shop.ReceivedAsync(mid)).Event.At("data.message")!;
        told.Text("kind").ShouldBe(kind);
        (await shop.ThreadAsync(customer)).ShouldHaveSingleItem().ToJsonString().ShouldBe(told.ToJsonString());
    }

    [Fact]
    public async Task A_tap_a_link_and_a_comment_are_told_as_what_they_are()
    {
        var shop = await OpenShopAsync();
        var customer = shop.NewCustomer();
        var now = TimeProvider.System.GetUtcNow();
        await customer.TapAsync("Talk to us", "HUMAN");
        await shop.Meta.Webhooks.DeliverAsync(MetaPayloads.Envelope(
            shop.InstagramId, now, MetaPayloads.Referral(shop.InstagramId, customer.Igsid, "summer", "https://ig.me/m/shop", now)));
        await shop.Meta.Webhooks.DeliverAsync(MetaPayloads.Comment(shop.InstagramId, customer.Igsid, Shop.NewNumber(), "price?", now));

        var tapped = await shop.Events.WaitForAsync("postback.received", "data.postback.payload", "HUMAN");
        await shop.Events.WaitForAsync("referral.received", "data.referral.ref", "summer");
        var comment = await shop.Events.WaitForAsync("comment.received", "data.comment.text", "price?");
        foreach (var told in new[] { tapped, comment }) await shop.Crm.Deliveries.WaitForAsync(made => made.EventId == told.Id);
        (await shop.ThreadAsync(customer)).Select(message => message.Text("kind")).ShouldBe(["referral", "postback"], ignoreOrder: true);
        (await shop.ConversationAsync(customer)).Text("window.state").ShouldBe("open");
    }
}
