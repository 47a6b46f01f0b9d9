using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Tests.Sender.Graph;

public sealed class GraphMessageTests
{
    [Fact]
    public void A_text_is_written_as_Meta_wants_it() =>
        Json(text: "hello").ShouldBe("""{"recipient":{"id":"42"},"message":{"text":"hello"}}""");

    [Fact]
    public void An_attachment_is_a_url_that_Meta_fetches() =>
        Json(type: "image", url: "https://example.org/a.jpg").ShouldBe(
            """{"recipient":{"id":"42"},"message":{"attachment":{"type":"image","payload":{"url":"https://example.org/a.jpg"}}}}""");

    [Fact]
    public void A_person_after_24_hours_is_tagged() =>
        Json(text: "hello", tag: true)
            .ShouldBe("""{"recipient":{"id":"42"},"message":{"text":"hello"},"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT"}""");

    /// <summary>Each body as the fact sheet has it (meta-platform.md 3.2).</summary>
    [Theory]
    [InlineData(
        """{"kind":"text","text":"Pick","quickReplies":[{"title":"Yes","payload":"Y"}]}""",
        """{"text":"Pick","quick_replies":[{"title":"Yes","payload":"Y","content_type":"text"}]}""")]
    [InlineData(
        """{"kind":"images","urls":["https://a/1.png","https://a/2.png"]}""",
        """
        {"attachments":[{"type":"image","payload":{"url":"https://a/1.png"}},{"type":"image","payload":{"url":"https://a/2.png"}}]}
        """)]
    [InlineData("""{"kind":"sticker","name":"like_heart"}""", """{"attachment":{"type":"like_heart"}}""")]
    [InlineData("""{"kind":"share","mediaId":"17"}""", """{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"17"}}}""")]
    [InlineData(
        """{"kind":"media","type":"file","url":"https://a/b.pdf"}""",
        """{"attachment":{"type":"file","payload":{"url":"https://a/b.pdf"}}}""")]
    [InlineData(
        """
        {"kind":"generic","elements":[{"title":"T","subtitle":"S","imageUrl":"https://a/i.png","defaultUrl":"https://a/","buttons":[
        {"title":"Open","url":"https://a/o"},{"title":"Buy","payload":"BUY"}]}]}
        """,
        """
        {"attachment":{"type":"template","payload":{"template_type":"generic","elements":[{"title":"T","subtitle":"S",
        "image_url":"https://a/i.png","default_action":{"type":"web_url","url":"https://a/"},"buttons":[
        {"type":"web_url","title":"Open","url":"https://a/o"},{"type":"postback","title":"Buy","payload":"BUY"}]}]}}}
        """)]
    [InlineData(
        """{"kind":"buttons","text":"Next?","buttons":[{"title":"A","payload":"A"}]}""",
        """
        {"attachment":{"type":"template","payload":{"template_type":"button","text":"Next?","buttons":[
        {"type":"postback","title":"A","payload":"A"}]}}}
        """)]
    public void Each_kind_has_its_body(string content, string message)
    {
        var body = JsonSerializer.Serialize(GraphMessage.Of(Call(OutgoingContent.OfJson(content), tag: false)), GraphMessage.Json);
        JsonNode.DeepEquals(JsonNode.Parse(body)!["message"], JsonNode.Parse(message)).ShouldBeTrue(body);
    }

    [Fact]
    public void An_answer_names_what_it_answers() =>
        JsonSerializer.Serialize(
            GraphMessage.Of(Call(new OutgoingText("yes") { ReplyTo = InstagramMessageId.Parse("mid.7") }, tag: false)), GraphMessage.Json)
            .ShouldBe("""{"recipient":{"id":"42"},"message":{"text":"yes"},"reply_to":{"mid":"mid.7"}}""");

    [Fact]
    public void A_kind_that_is_not_known_has_no_body() => GraphMessage.Of(Call(new OutgoingContent(), tag: false)).ShouldBeNull();

    private static string Json(string? text = null, string? type = null, string? url = null, bool tag = false) => JsonSerializer.Serialize(
        GraphMessage.Of(Call(text is null ? new OutgoingMedia(type!, url!) : new OutgoingText(text), tag)), GraphMessage.Json);

    private static GraphCall Call(OutgoingContent content, bool tag) => new(
        AccountId.Parse("acc_1"), InstagramAccountId.Parse("1"), LoginType.Instagram, "token", InstagramUserId.Parse("42"), content, tag);
}
