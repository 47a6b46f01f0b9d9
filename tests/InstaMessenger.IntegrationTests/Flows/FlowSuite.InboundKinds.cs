using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>What Instagram sends besides plain texts and pictures.</summary>
public abstract partial class FlowSuite
{
    /// <summary>The event that tells of each thing, and the kind of its message, or what it is called as something unsupported.</summary>
    private static readonly Dictionary<string, (string Type, string? Kind)> Told = new()
    {
        ["text"] = ("message.received", "text"),
        ["reply"] = ("message.received", "text"),
        ["quick_reply"] = ("message.received", "text"),
        ["story_reply"] = ("message.received", "story_reply"),
        ["text_with_referral"] = ("message.received", "text"),
        ["text_beside_referral"] = ("message.received", "text"),
        ["image"] = ("message.received", "image"),
        ["video"] = ("message.received", "video"),
        ["audio"] = ("message.received", "audio"),
        ["file"] = ("message.received", "file"),
        ["album"] = ("message.received", "image"),
        ["sticker"] = ("message.received", "sticker"),
        ["sticker_picture"] = ("message.received", "sticker"),
        ["like_heart"] = ("message.received", "like_heart"),
        ["ephemeral"] = ("message.received", "ephemeral"),
        ["story_mention"] = ("message.received", "story_mention"),
        ["share"] = ("message.received", "share"),
        ["ig_post"] = ("message.received", "share"),
        ["media"] = ("message.received", "share"),
        ["story"] = ("message.received", "share"),
        ["ig_story"] = ("message.received", "share"),
        ["reel"] = ("message.received", "reel"),
        ["ig_reel"] = ("message.received", "reel"),
        ["fallback"] = ("message.received", "share"),
        ["product"] = ("message.received", "share"),
        ["template"] = ("message.received", "template"),
        ["location"] = ("message.received", "unsupported"),
        ["hologram"] = ("message.received", "unsupported"),
        ["is_unsupported"] = ("message.received", "unsupported"),
        ["postback"] = ("postback.received", "postback"),
        ["self_postback"] = ("postback.received", "postback"),
        ["referral"] = ("referral.received", "referral"),
        ["echo"] = ("message.sent", "text"),
        ["echo_of_another_app"] = ("message.sent", "text"),
        ["self_message"] = ("message.sent", "text"),
        ["edit"] = ("message.edited", "text"),
        ["edit_without_text"] = ("event.unsupported", "message_edit"),
        ["unsend"] = ("message.deleted", "deleted"),
        ["unsend_by_business"] = ("message.deleted", "deleted"),
        ["reaction"] = ("message.reaction", null),
        ["read"] = ("message.read", null),
        ["read_up_to"] = ("message.read", null),
        ["optin"] = ("event.unsupported", "optin"),
        ["pass_thread_control"] = ("event.unsupported", "pass_thread_control"),
        ["take_thread_control"] = ("event.unsupported", "take_thread_control"),
        ["request_thread_control"] = ("event.unsupported", "request_thread_control"),
        ["app_roles"] = ("event.unsupported", "app_roles"),
        ["policy-enforcement"] = ("event.unsupported", "policy-enforcement"),
        ["account_linking"] = ("event.unsupported", "account_linking"),
        ["response_feedback"] = ("event.unsupported", "response_feedback"),
        ["brand_new"] = ("event.unsupported", "brand_new"),
        ["comment"] = ("comment.received", null),
        ["live_comment"] = ("comment.received", null),
        ["mention"] = ("event.unsupported", "mentions"),
    };

    /// <summary>All at once: a webhook of every form, each with one of everything, each for a customer of its own.</summary>
    [Fact]
    public async Task Everything_that_Meta_posts_is_told_as_what_it_is_in_every_form_of_an_entry()
    {
        var shop = await OpenShopAsync();
        var now = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(1);
        var media = new Uri(Product.Simulator.BaseAddress, "cdn/").ToString();
        var played = Enum.GetValues<EntryForm>()
            .SelectMany(form => MetaEvent.All.Select(what => (Form: form, What: what, Scene: new MetaScene(
                shop.InstagramId, Shop.NewNumber(), $"mid-{form}-{what.Name}", $"target-{form}-{what.Name}", media, now))))
            .ToList();
        await shop.Meta.Webhooks.DeliverAsync(MetaPayloads.Envelope(
            shop.InstagramId, now, [.. played.Select(one => TargetOf(one.What, one.Scene)).OfType<JsonObject>()]));
        foreach (var form in played.GroupBy(one => one.Form))
            await shop.Meta.Webhooks.DeliverAsync(MetaPayloads.Batch([.. form.Select(one => MetaPayloads.In(
                one.What.Field is null || one.Form == EntryForm.Flat ? one.Form : EntryForm.Changes,
                shop.InstagramId,
                now,
                one.What.Item(one.Scene),
                one.What.Field ?? "messages"))]));

        foreach (var (form, what, scene) in played)
        {
            var (type, kind) = Told[what.Name];
            var found = await shop.Events.WaitForAsync(
                tapped => tapped.Type == type && tapped.Event.ToJsonString().Contains($"\"{scene.Customer}\"", StringComparison.Ordinal));
            var told = found[0].Event;
            (told.Text("data.message.kind") ?? told.Text("data.what")).ShouldBe(kind, $"{what.Name} in {form}");
            if (form == EntryForm.Standby && what.Of is MetaEventOf.Customer)
                told.At("data.message.standby")!.GetValue<bool>().ShouldBeTrue(what.Name);
        }

        shop.Events.All.Count(tapped => tapped.Type == "event.unsupported").ShouldBe(
            played.Count(one => Told[one.What.Name].Type == "event.unsupported"));
    }

    private static JsonObject? TargetOf(MetaEvent what, MetaScene scene) => what.Of switch
    {
        MetaEventOf.CustomersMessage =>
            MetaPayloads.Text(scene.Account, scene.Customer, scene.Target, "Hello!", scene.At - TimeSpan.FromSeconds(1)),
        MetaEventOf.BusinessMessage =>
            MetaPayloads.Echo(scene.Account, scene.Customer, scene.Target, "Hello!", scene.At - TimeSpan.FromSeconds(1)),
        _ => null,
    };

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
