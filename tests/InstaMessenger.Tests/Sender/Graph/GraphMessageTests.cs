using System.Text.Json;
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

    [Fact]
    public void A_kind_that_is_not_known_has_no_body() => GraphMessage.Of(Call(new OutgoingContent(), tag: false)).ShouldBeNull();

    private static string Json(string? text = null, string? type = null, string? url = null, bool tag = false) => JsonSerializer.Serialize(
        GraphMessage.Of(Call(text is null ? new OutgoingMedia(type!, url!) : new OutgoingText(text), tag)), GraphMessage.Json);

    private static GraphCall Call(OutgoingContent content, bool tag) => new(
        AccountId.Parse("acc_1"), InstagramAccountId.Parse("1"), LoginType.Instagram, "token", InstagramUserId.Parse("42"), content, tag);
}
