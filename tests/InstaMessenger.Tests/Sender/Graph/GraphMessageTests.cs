using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;

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
        Json(text: "hello", tag: true).ShouldBe("""{"recipient":{"id":"42"},"message":{"text":"hello"},"messaging_type":"MESSAGE_TAG","tag":"HUMAN_AGENT"}""");

    private static string Json(string? text = null, string? type = null, string? url = null, bool tag = false) => JsonSerializer.Serialize(
        GraphMessage.Of(new ClaimedSend(
            1, MessageId.Parse("msg_1"), AccountId.Parse("acc_1"), InstagramUserId.Parse("42"), text, type, url, tag, 1, default, null,
            new ClaimedSend.Credentials(InstagramAccountId.Parse("1"), LoginType.Instagram, "token", false))),
        GraphMessage.Json);
}
