using System.Text;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Store.Inbound.Arrivals;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>Each kind of message that Instagram sends, and what of it is shown.</summary>
public sealed class ReceivedContentTests
{
    [Theory]
    [InlineData("share", "", "Share", "post")]
    [InlineData("media", "\"id\":17895,", "Share", "post")]
    [InlineData("ig_post", "\"ig_post_media_id\":\"17895\",", "Share", "post")]
    [InlineData("story", "\"id\":17895,", "Share", "story")]
    [InlineData("ig_story", "\"ig_story_media_id\":17895,", "Share", "story")]
    [InlineData("fallback", "", "Share", "link")]
    [InlineData("ig_reel", "\"reel_video_id\":17895,", "Reel", "reel")]
    [InlineData("reel", "\"id\":17895,", "Reel", "reel")]
    public void A_share_has_its_type_and_what_is_known_of_it(string type, string id, string kind, string shared)
    {
        var content = Read(
            $$"""{"mid":"m1","attachments":[{"type":"{{type}}","payload":{ {{id}}"title":"a caption","url":"https://x/1"} }]}""");

        content.Kind.ToString().ShouldBe(kind);
        content.Details!.Share.ShouldBe(new Share(shared, id.Length == 0 ? null : "17895", "a caption", "https://x/1"));
        content.Media.ShouldBeEmpty();
        content.Raw.ShouldBeNull();
    }

    [Theory]
    [InlineData("like_heart", "LikeHeart")]
    [InlineData("ephemeral", "Ephemeral")]
    [InlineData("share", "Share")]
    [InlineData("ig_reel", "Reel")]
    public void A_type_without_a_payload_is_its_kind(string type, string kind) =>
        Read($$"""{"mid":"m1","attachments":[{"type":"{{type}}"}]}""").Kind.ToString().ShouldBe(kind);

    [Theory]
    [InlineData("""{"type":"sticker","payload":{"url":"https://x/s"}}""", "")]
    [InlineData("""{"type":"image","payload":{"url":"https://x/s","sticker_id":369239263222822}}""", "")]
    [InlineData("""{"type":"image","payload":{"url":"https://x/s"}}""", ",\"sticker_id\":\"7\"")]
    public void A_sticker_is_known_in_its_three_forms(string attachment, string beside)
    {
        var content = Read($$"""{"mid":"m1","attachments":[{{attachment}}]{{beside}} }""");

        content.Kind.ShouldBe(MessageKind.Sticker);
        content.Media.ShouldHaveSingleItem().ShouldBe(new RemoteMedia("image", "https://x/s"));
        (content.Raw is null).ShouldBe(!attachment.Contains("sticker_id") && beside.Length == 0, "the number is shown nowhere else");
    }

    [Fact]
    public void The_same_share_in_its_old_and_its_new_form_is_one()
    {
        var content = Read("""
            {"mid":"m1","attachments":[{"type":"share","payload":{"url":"https://x/1"}},
            {"type":"ig_post","payload":{"ig_post_media_id":"17895","title":"a caption","url":"https://x/1"}}]}
            """);

        content.Details!.Share.ShouldBe(new Share("post", "17895", "a caption", "https://x/1"));
        content.Raw.ShouldBeNull();
    }

    [Fact]
    public void Two_shares_that_are_not_the_same_are_both_kept()
    {
        var content = Read("""
            {"mid":"m1","attachments":[{"type":"ig_post","payload":{"ig_post_media_id":"1"}},
            {"type":"ig_post","payload":{"ig_post_media_id":"2"}}]}
            """);

        content.Details!.Share!.Id.ShouldBe("1");
        content.Raw.ShouldNotBeNull();
    }

    [Fact]
    public void A_story_mention_has_the_story_and_no_attachment()
    {
        var content = Read("""{"mid":"m1","attachments":[{"type":"story_mention","payload":{"url":"https://x/story"}}]}""");

        (content.Kind, content.Details!.Story).ShouldBe((MessageKind.StoryMention, new Story(null, "https://x/story")));
        content.Media.ShouldBeEmpty("its media is never kept");
        content.Raw.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"text\":\"nice\"", 0)]
    [InlineData("\"attachments\":[{\"type\":\"image\",\"payload\":{\"url\":\"https://x/\"}}]", 1)]
    public void An_answer_to_a_story_names_the_story(string said, int attachments)
    {
        var content = Read($$"""{"mid":"m1",{{said}},"reply_to":{"story":{"id":"179","url":"https://x/story"} } }""");

        (content.Kind, content.Details!.Story, content.Media.Count)
            .ShouldBe((MessageKind.StoryReply, new Story("179", "https://x/story"), attachments));
        content.Raw.ShouldBeNull();
    }

    [Fact]
    public void A_product_is_a_share_and_its_price_is_in_the_raw_json()
    {
        var content = Read("""
            {"mid":"m1","attachments":[{"type":"template","payload":{"product":{"elements":[{"id":5,"retailer_id":"r",
            "image_url":"https://x/i","title":"Shoes","subtitle":"$10"}]}}}]}
            """);

        content.Kind.ShouldBe(MessageKind.Share);
        content.Details!.Share.ShouldBe(new Share("product", "5", "Shoes", "https://x/i"));
        content.Raw.ShouldNotBeNull().ShouldContain("$10");
    }

    [Fact]
    public void A_template_is_shown_as_Meta_gives_it()
    {
        var content = Read("""{"mid":"m1","attachments":[{"type":"template","payload":{"generic":{"elements":[{"title":"T"}]}}}]}""");

        content.Kind.ShouldBe(MessageKind.Template);
        content.Details!.Template.ShouldBe("""{"generic":{"elements":[{"title":"T"}]}}""");
        content.Raw.ShouldBeNull();
    }

    [Fact]
    public void A_quick_reply_has_its_payload_beside_the_text()
    {
        var content = Read("""{"mid":"m1","text":"Yes","quick_reply":{"payload":"CONFIRM"}}""");

        (content.Kind, content.Text, content.Details!.QuickReply).ShouldBe((MessageKind.Text, "Yes", "CONFIRM"));
    }

    [Theory]
    [InlineData("{\"mid\":\"m1\",\"text\":\"hey\",\"referral\":REFERRAL}", "")]
    [InlineData("{\"mid\":\"m1\",\"text\":\"hey\"}", ",\"referral\":REFERRAL")]
    public void A_referral_is_read_inside_the_message_and_beside_it(string message, string beside)
    {
        const string Referral = """
            {"ref":"r","ad_id":23,"source":"ADS","type":"OPEN_THREAD","product":{"id":"5"},
            "ads_context_data":{"ad_title":"t","photo_url":"https://x/p","video_url":"https://x/v"}}
            """;

        var content = Read(
            message.Replace("REFERRAL", Referral, StringComparison.Ordinal),
            beside.Replace("REFERRAL", Referral, StringComparison.Ordinal));

        content.Kind.ShouldBe(MessageKind.Text);
        content.Details!.Referral
            .ShouldBe(new Referral("r", "ADS", "OPEN_THREAD", "23", "t", "https://x/p", "https://x/v", "5"));
        content.Raw.ShouldBeNull();
    }

    [Fact]
    public void Of_an_album_the_first_attachment_is_the_kind_and_all_are_there()
    {
        var content = Read("""
            {"mid":"m1","attachments":[{"type":"video","payload":{"url":"https://x/1"}},{"type":"image","payload":{"url":"https://x/2"}}]}
            """);

        content.Kind.ShouldBe(MessageKind.Video);
        content.Media.Select(media => media.Url).ShouldBe(["https://x/1", "https://x/2"]);
    }

    [Fact]
    public void An_attachment_that_is_no_list_is_read()
    {
        var content = Read("""{"mid":"m1","attachments":{"type":"image","payload":{"url":"https://x/1"}}}""");

        (content.Kind, content.Raw).ShouldBe((MessageKind.Image, null));
    }

    [Fact]
    public void An_address_that_is_none_is_not_shown()
    {
        var content = Read(
            """{"mid":"m1","attachments":[{"type":"ig_post","payload":{"ig_post_media_id":"1","url":"javascript:alert(1)"}}]}""");

        content.Details!.Share.ShouldBe(new Share("post", "1", null, null));
        content.Raw.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("messaging", false)]
    [InlineData("standby", true)]
    public void What_another_app_was_to_answer_is_marked(string container, bool expected) =>
        (Read("""{"mid":"m1","text":"t"}""", container: container).Details?.Standby ?? false).ShouldBe(expected);

    [Fact]
    public void An_echo_names_the_app_that_sent_it_and_a_message_to_oneself_is_marked()
    {
        var content = Read("""{"mid":"m1","text":"t","is_echo":true,"is_self":true,"app_id":1517776481860111}""");

        (content.Details!.AppId, content.Details.Self, content.Raw).ShouldBe(("1517776481860111", true, null));
    }

    private static MessageContent Read(string message, string beside = "", string container = "messaging")
    {
        var body = $$"""{"entry":[{"id":"1","time":1,"{{container}}":[{"sender":{"id":"20"},"recipient":{"id":"1"},"""
            + $$""" "timestamp":1752834910447,"message":{{message}}{{beside}} }] }] }""";
        var item = MetaWebhook.Read(Encoding.UTF8.GetBytes(body)).ShouldHaveSingleItem();
        return ReceivedContent.Read(item, item.Event.GetProperty("message"))!;
    }
}
