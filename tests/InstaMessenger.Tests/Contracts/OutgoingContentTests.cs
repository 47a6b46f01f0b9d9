using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Tests.Ids;

public sealed class OutgoingContentTests
{
    private static readonly JsonSerializerOptions Bus = new(JsonSerializerDefaults.Web);

    [Fact]
    public void Each_kind_is_written_with_its_name_and_read_back()
    {
        new OutgoingText("héllo \"you\"").ToJson().ShouldStartWith("""{"kind":"text","text":""");
        OutgoingContent[] contents = [new OutgoingText("héllo \"you\" 😀"), new OutgoingMedia("image", "https://example.org/a.jpg")];
        foreach (var content in contents)
            OutgoingContent.OfJson(content.ToJson()).ShouldBe(content);
    }

    /// <summary>What is computed of a content must not stand beside it: an erasure would have to find it there too.</summary>
    [Fact]
    public void Only_what_is_sent_is_written()
    {
        new OutgoingText("hello").ToJson().ShouldBe("""{"kind":"text","text":"hello"}""");
        new OutgoingMedia("video", "https://a/b.mp4").ToJson().ShouldBe("""{"kind":"media","type":"video","url":"https://a/b.mp4"}""");
    }

    [Theory]
    // MySQL's JSON type sorts members by their length.
    [InlineData("""{"url":"https://example.org/a.mp4","kind":"media","type":"video"}""", true)]
    [InlineData("""{"kind":"hologram","depth":3}""", false)]
    [InlineData("""{"kind":7}""", false)]
    [InlineData("""{"kind":"text","text":7}""", false)]
    [InlineData("{}", false)]
    [InlineData("null", false)]
    [InlineData("no json", false)]
    [InlineData("", false)]
    public void What_cannot_be_read_is_of_no_kind_and_throws_nothing(string json, bool known) =>
        (OutgoingContent.OfJson(json) is OutgoingText or OutgoingMedia).ShouldBe(known);

    [Fact]
    public void A_command_goes_over_the_bus_with_its_kind()
    {
        var command = new SendMessage(
            MessageId.Parse("msg_1"), AccountId.Parse("acc_1"), 1, InstagramUserId.Parse("42"), new OutgoingMedia(
                "audio", "https://example.org/a.wav"), true, null, default);

        JsonSerializer.Deserialize<SendMessage>(JsonSerializer.Serialize(command, Bus), Bus).ShouldBe(command);
        command.Whole.IsHeavy.ShouldBeTrue();
    }

    /// <summary>As the stores of before wrote them: they are on the bus when the senders are updated.</summary>
    [Theory]
    [InlineData(
        """{"messageId":"msg_1","accountId":"acc_1","accountVersion":1,"recipientId":"42","text":"hello","attachment":"""
            + """null,"humanAgentTag":false,"expiresAt":null,"acceptedAt":"2026-05-01T12:00:00Z"}""",
        "text")]
    [InlineData(
        """{"messageId":"msg_1","accountId":"acc_1","accountVersion":1,"recipientId":"42","text":null,"attachment":"""
            + """{"type":"image","url":"https://example.org/a.jpg"},"humanAgentTag":false,"expiresAt":"""
            + """null,"acceptedAt":"2026-05-01T12:00:00Z"}""",
        "media")]
    public void A_command_of_the_old_form_is_still_read(string json, string kind)
    {
        var command = JsonSerializer.Deserialize<SendMessage>(json, Bus)!;

        command.Content.ShouldBeNull();
        command.Whole.ShouldBe(kind == "text" ? new OutgoingText("hello") : new OutgoingMedia("image", "https://example.org/a.jpg"));
    }
}
