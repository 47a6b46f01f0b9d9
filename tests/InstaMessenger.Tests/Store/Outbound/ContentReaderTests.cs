using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>What can be sent, and Meta's limits: each is met here, and one more is refused with field, limit and value.</summary>
public sealed class ContentReaderTests
{
    private const string Button = """{"type":"postback","title":"A","payload":"P"}""";

    [Theory]
    [InlineData(
        """{TO,"message":"{1000}"}""",
        """{TO,"message":"{1001}"}""",
        "message",
        "Has 1001 bytes in UTF-8; Instagram takes at most 1000")]
    [InlineData(
        """{TO,"message":"x","quick_replies":[{13*Q}]}""",
        """{TO,"message":"x","quick_replies":[{14*Q}]}""",
        "quick_replies",
        "14 entries; Instagram takes 1 to 13")]
    [InlineData(
        """{TO,"message":"x","quick_replies":[{1*Q}]}""",
        """{TO,"message":"x","quick_replies":[]}""",
        "quick_replies",
        "0 entries")]
    [InlineData(
        """{TO,"message":"x","quick_replies":[{"title":"{20}","payload":"p"}]}""",
        """{TO,"message":"x","quick_replies":[{"title":"{21}","payload":"p"}]}""",
        "quick_replies[0].title",
        "21 characters; Instagram takes at most 20")]
    [InlineData(
        """{TO,"message":"x","quick_replies":[{"title":"t","payload":"p"}]}""",
        """{TO,"message":"x","quick_replies":[{"title":"t"}]}""",
        "quick_replies[0].payload",
        "needed")]
    [InlineData(
        """{TO,"message":"x","quick_replies":[{"title":"t","payload":"p"}]}""",
        """{TO,"quick_replies":[{"title":"t","payload":"p"}],"sticker":"like_heart"}""",
        "quick_replies",
        "no message")]
    [InlineData("""{TO,"attachments":[{10*I}]}""", """{TO,"attachments":[{11*I}]}""", "attachments", "11 entries; Instagram takes 1 to 10")]
    [InlineData(
        """{TO,"attachments":[{2*I}]}""",
        """{TO,"attachments":[{1*I},{"url":"https://a.example/b.mp4"}]}""",
        "attachments[1].url",
        "no image")]
    [InlineData(
        """{TO,"attachments":[{"url":"https://a.example/b?id=1"}]}""",
        """{TO,"attachments":[{"url":"http://a.example/b.png"}]}""",
        "attachments[0].url",
        "https")]
    [InlineData(
        """{TO,"attachments":[{"attachment_id":"up_1"}]}""",
        """{TO,"attachments":[{"attachment_id":"1"}]}""",
        "attachments[0].attachment_id",
        "up_")]
    [InlineData(
        """{TO,"attachment_id":"up_1"}""",
        """{TO,"attachment_id":"up_1","sticker":"like_heart"}""",
        "sticker",
        "attachment_id already")]
    [InlineData("""{TO,"sticker":"like_heart"}""", """{TO,"sticker":"wave"}""", "sticker", "like_heart")]
    [InlineData("""{TO,"share_media_id":"17900000000000001"}""", """{TO,"share_media_id":"17x"}""", "share_media_id", "digits")]
    [InlineData(
        """{TO,"attachment_url":"https://a.example/a.pdf"}""",
        """{TO,"attachment_url":"https://a.example/a.docx"}""",
        "attachment_url",
        "pdf")]
    [InlineData(
        """{TO,"template":{"type":"generic","elements":[{10*E}]}}""",
        """{TO,"template":{"type":"generic","elements":[{11*E}]}}""",
        "template.elements",
        "11 entries; Instagram takes 1 to 10")]
    [InlineData(
        """{TO,"template":{"type":"generic","elements":[{"title":"{80}","subtitle":"{80}"}]}}""",
        """{TO,"template":{"type":"generic","elements":[{"title":"{81}","subtitle":"s"}]}}""",
        "template.elements[0].title",
        "81 characters; Instagram takes at most 80")]
    [InlineData(
        """{TO,"template":{"type":"generic","elements":[{1*E}]}}""",
        """{TO,"template":{"type":"generic","elements":[{"title":"t","subtitle":"{81}"}]}}""",
        "template.elements[0].subtitle",
        "81 characters; Instagram takes at most 80")]
    [InlineData(
        """{TO,"template":{"type":"generic","elements":[{"title":"t","image_url":"https://a.example/a.png"}]}}""",
        """{TO,"template":{"type":"generic","elements":[{"title":"t"}]}}""",
        "template.elements[0].title",
        "subtitle, image_url, default_url, buttons")]
    [InlineData(
        """{TO,"template":{"type":"generic","elements":[{"title":"t","buttons":[{3*B}]}]}}""",
        """{TO,"template":{"type":"generic","elements":[{"title":"t","buttons":[{4*B}]}]}}""",
        "template.elements[0].buttons",
        "4 entries; Instagram takes 1 to 3")]
    [InlineData(
        """{TO,"template":{"type":"button","text":"{640}","buttons":[{3*B}]}}""",
        """{TO,"template":{"type":"button","text":"{641}","buttons":[{1*B}]}}""",
        "template.text",
        "641 characters; Instagram takes at most 640")]
    [InlineData(
        """{TO,"template":{"type":"button","text":"t","buttons":[{1*B}]}}""",
        """{TO,"template":{"type":"button","text":"t","buttons":[]}}""",
        "template.buttons",
        "0 entries; Instagram takes 1 to 3")]
    [InlineData(
        """{TO,"template":{"type":"button","text":"t","buttons":[{1*B}]}}""",
        """{TO,"template":{"type":"button","text":"t"}}""",
        "template.buttons",
        "needed")]
    [InlineData(
        """{TO,"template":{"type":"button","text":"t","buttons":[{"type":"url","title":"t","url":"https://a.example/"}]}}""",
        """{TO,"template":{"type":"button","text":"t","buttons":[{"type":"url","title":"t","payload":"p","url":"https://a.example/"}]}}""",
        "template.buttons[0].payload",
        "does not belong")]
    [InlineData(
        """{TO,"template":{"type":"button","text":"t","buttons":[{1*B}]}}""",
        """{TO,"template":{"type":"button","text":"t","buttons":[{"type":"call","title":"t","payload":"p"}]}}""",
        "template.buttons[0].type",
        "url or postback")]
    [InlineData(
        """{TO,"template":{"type":"button","text":"t","buttons":[{1*B}]}}""",
        """{TO,"template":{"type":"receipt"}}""",
        "template.type",
        "generic or button")]
    [InlineData(
        """{TO,"template":{"type":"button","text":"t","buttons":[{1*B}]}}""",
        """{TO,"template":{"type":"button","text":"t","buttons":[{1*B}],"colour":"red"}}""",
        "template.colour",
        "no such member")]
    [InlineData(
        """{TO,"sticker":"like_heart","message":"x"}""",
        """{TO,"sticker":"like_heart","share_media_id":"1"}""",
        "share_media_id",
        "sticker already")]
    public void A_limit_can_be_met_and_not_passed(string good, string bad, string field, string says)
    {
        Read(good, out var none).ShouldNotBeNull(string.Join(", ", none));
        Read(bad, out var errors).ShouldBeNull();

        errors.ShouldHaveSingleItem().Field.ShouldBe(field);
        errors[0].Error.ShouldContain(says, Case.Insensitive);
    }

    [Theory]
    [InlineData("""{TO,"message":"x","quick_replies":[{1*Q}]}""", "Text", "text")]
    [InlineData("""{TO,"attachments":[{3*I}]}""", "Image", "images")]
    [InlineData("""{TO,"attachments":[{1*I}]}""", "Image", "media")]
    [InlineData("""{TO,"attachment_url":"https://a.example/a.pdf"}""", "File", "media")]
    [InlineData("""{TO,"sticker":"like_heart"}""", "LikeHeart", "sticker")]
    [InlineData("""{TO,"share_media_id":"1"}""", "Share", "share")]
    [InlineData("""{TO,"template":{"type":"generic","elements":[{2*E}]}}""", "Template", "generic")]
    [InlineData("""{TO,"template":{"type":"button","text":"t","buttons":[{2*B}]}}""", "Template", "buttons")]
    public void Each_kind_is_shown_as_what_it_is_and_kept_as_one_value(string body, string shown, string kind)
    {
        var content = Read(body, out _)!.Contents.ShouldHaveSingleItem();

        MessageContent.Of(content).Kind.ToString().ShouldBe(shown);
        content.ToJson().ShouldStartWith($$"""{"kind":"{{kind}}",""");
        OutgoingContent.OfJson(content.ToJson()).ToJson().ShouldBe(content.ToJson());
    }

    [Fact]
    public void A_long_text_is_split_between_characters_and_answers_stand_below_the_last_part()
    {
        var text = string.Join(' ', Enumerable.Repeat("Grüße 👩‍👩‍👧‍👦", 60));
        var body = $$"""{TO,"message":{{JsonSerializer.Serialize(text)}},"split":true,"quick_replies":[{"title":"t","payload":"p"}]}""";

        var parts = Read(body, out _)!.Contents.Cast<OutgoingText>().ToList();

        parts.Count.ShouldBe(3);
        string.Concat(parts.Select(part => part.Text)).ShouldBe(text);
        parts.ShouldAllBe(part => Encoding.UTF8.GetByteCount(part.Text) <= 1000 && !part.Text.StartsWith('\u200d'));
        parts.Select(part => part.QuickReplies?.Count).ShouldBe([null, null, 1]);
    }

    [Theory]
    [InlineData("a", 2500, 3)]
    [InlineData("é", 1000, 2)]
    [InlineData("e\u0301", 400, 2)]
    [InlineData("👩‍👩‍👧‍👦", 80, 2)]
    public void No_part_begins_within_a_character(string character, int count, int parts)
    {
        var text = string.Concat(Enumerable.Repeat(character, count));
        var cut = TextParts.Of(text);

        cut.Count.ShouldBe(parts);
        string.Concat(cut).ShouldBe(text);
        cut.ShouldAllBe(part => Encoding.UTF8.GetByteCount(part) <= 1000 && part.Length % character.Length == 0);
    }

    [Fact]
    public void A_character_that_is_longer_than_a_part_is_cut_and_no_part_is_blank()
    {
        var monster = "e" + new string('\u0301', 1500);
        string.Concat(TextParts.Of(monster)).ShouldBe(monster);
        TextParts.Of(monster).ShouldAllBe(part => Encoding.UTF8.GetByteCount(part) <= 1000);
        TextParts.Of("a" + new string(' ', 3000) + "b").ShouldAllBe(part => part.Trim().Length == 1);
    }

    private static SendRequest? Read(string body, out List<(string Field, string Error)> errors)
    {
        var json = body.Replace("TO", """ "account_id":"acc_1","recipient_id":"42" """, StringComparison.Ordinal);
        (string, string)[] things =
        [
            ("Q", """{"title":"t","payload":"p"}"""), ("I", """{"url":"https://a.example/a.png"}"""),
            ("E", """{"title":"t","subtitle":"s"}"""), ("B", Button),
        ];
        foreach (var (name, value) in things)
            for (var n = 1; n <= 14; n++)
                json = json.Replace($"{{{n}*{name}}}", string.Join(',', Enumerable.Repeat(value, n)), StringComparison.Ordinal);
        foreach (var n in (int[])[20, 21, 80, 81, 640, 641, 1000, 1001])
            json = json.Replace($"{{{n}}}", new string('x', n), StringComparison.Ordinal);
        return SendRequest.Read(JsonElement.Parse(json), allowHttp: false, out errors);
    }
}
