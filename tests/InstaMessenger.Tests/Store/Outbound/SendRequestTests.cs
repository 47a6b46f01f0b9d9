using System.Text.Json;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;

namespace InstaMessenger.Tests.Store.Outbound;

public sealed class SendRequestTests
{
    private const string To = """ "account_id":"acc_1","recipient_id":"42" """;

    [Theory]
    [InlineData("""{"recipient_id":"42","message":"x"}""", "account_id")]
    [InlineData("""{"account_id":"17","recipient_id":"42","message":"x"}""", "account_id")]
    [InlineData("""{"account_id":"acc_1","recipient_id":42,"message":"x"}""", "recipient_id")]
    [InlineData("""{"account_id":"acc_1","recipient_id":"4x","message":"x"}""", "recipient_id")]
    [InlineData("""{TO}""", "message")]
    [InlineData("""{TO,"message":null}""", "message")]
    [InlineData("""{TO,"message":" "}""", "message")]
    [InlineData("""{TO,"message":["x"]}""", "message")]
    [InlineData("""{TO,"attachment_url":"/a.png"}""", "attachment_url")]
    [InlineData("""{TO,"attachment_url":"http://a.example/a.png"}""", "attachment_url")]
    [InlineData("""{TO,"attachment_url":"https://me:pw@a.example/a.png"}""", "attachment_url")]
    [InlineData("""{TO,"attachment_url":"file:///etc/a.png"}""", "attachment_url")]
    [InlineData("""{TO,"attachment_url":"https://localhost/a.png"}""", "attachment_url")]
    [InlineData("""{TO,"attachment_url":"https://10.1.2.3/a.png"}""", "attachment_url")]
    [InlineData("""{TO,"attachment_url":"https://[fd00::1]/a.png"}""", "attachment_url")]
    [InlineData("""{TO,"attachment_url":" https://a.example/a.png"}""", "attachment_url")]
    [InlineData("""{TO,"attachments":[{"url":"https://a.example/a.png\n"}]}""", "attachments[0].url")]
    [InlineData("""{TO,"attachment_url":"https://a.example/a.exe"}""", "attachment_url")]
    [InlineData("""{TO,"attachment_url":"https://a.example/a.mp3"}""", "attachment_url")]
    [InlineData("""{TO,"attachment_url":"https://a.example/a.png","attachment_type":"gif"}""", "attachment_type")]
    [InlineData("""{TO,"attachment_url":"https://a.example/a.pdf","attachment_type":"image"}""", "attachment_type")]
    [InlineData("""{TO,"message":"x","attachment_type":"image"}""", "attachment_type")]
    [InlineData("""{TO,"message":"x","sent_by":"bot"}""", "sent_by")]
    [InlineData("""{TO,"message":"x","metadata":[1]}""", "metadata")]
    [InlineData("""{TO,"message":"x","idempotencyKey":"k"}""", "idempotencyKey")]
    [InlineData("""{TO,"message":"x","Message":"y"}""", "Message")]
    [InlineData("""{TO,"message":"x","reply_to_message_id":"17"}""", "reply_to_message_id")]
    [InlineData("""{TO,"message":"x","split":"yes"}""", "split")]
    [InlineData("""{TO,"message":"x","schedule_at":"2027-01-01T00:00:00"}""", "schedule_at")]
    [InlineData("""{TO,"message":"x","quick_replies":[]}""", "quick_replies")]
    [InlineData("""{TO,"message":"x","template":{}}""", "template.type")]
    [InlineData("""{TO,"message":"x","template":[]}""", "template")]
    public void A_wrong_field_is_named(string body, string field)
    {
        Read(body, out var errors).ShouldBeNull();

        errors.Select(error => error.Field).ShouldBe([field]);
    }

    [Theory]
    [InlineData("https://a.example/p/A.JPG?x=1.pdf", null, "image")]
    [InlineData("https://a.example/a.jpeg", null, "image")]
    [InlineData("https://a.example/a.webm", null, "video")]
    [InlineData("https://a.example/a.mp4", null, "video")]
    [InlineData("https://a.example/a.mp4", "audio", "audio")]
    [InlineData("https://a.example/a.m4a", null, "audio")]
    [InlineData("https://a.example/a.pdf", null, "file")]
    [InlineData("https://a.example/download?id=7", "image", "image")]
    public void The_type_of_an_attachment_is_what_the_client_says_or_the_extension(string url, string? declared, string type)
    {
        var request = Read($$"""{TO,"attachment_url":"{{url}}","attachment_type":{{JsonSerializer.Serialize(declared)}}}""", out _);

        request!.Contents.ShouldBe([new OutgoingMedia(type, url)]);
    }

    [Fact]
    public void Text_is_counted_in_bytes_and_the_client_is_told_how_many()
    {
        Read($$"""{TO,"message":"{{new string('é', 500)}}"}""", out _).ShouldNotBeNull();

        Read($$"""{TO,"message":"{{new string('é', 500)}}!"}""", out var errors).ShouldBeNull();
        errors.Single().Error.ShouldContain("1001 bytes");
    }

    [Fact]
    public void Metadata_has_at_most_4_KiB()
    {
        Read($$"""{TO,"message":"x","metadata":{"a":"{{new string('x', 4080)}}" } }""", out _)!.Metadata.ShouldNotBeNull();
        Read($$"""{TO,"message":"x","metadata":{"a":"{{new string('x', 4090)}}" } }""", out var errors).ShouldBeNull();
        errors.Single().Field.ShouldBe("metadata");
    }

    [Fact]
    public void Plain_http_is_only_for_private_networks() =>
        SendRequest.Read(Element("""{TO,"attachment_url":"http://10.0.0.1/a.png"}"""), allowHttp: true, out _).ShouldNotBeNull();

    [Fact]
    public void A_text_with_an_attachment_is_two_messages_the_attachment_first() =>
        Read(
            """{TO,"message":"x","attachment_url":"https://a.example/a.png"}""",
            out _)!.Contents.Select(content => MessageContent.Of(content).Kind.ToString()).ShouldBe(["Image", "Text"]);

    [Theory]
    [InlineData("""{TO,"message":"Aé","metadata":{"b":1,"a":[1,2]}}""", true)]
    [InlineData("""{ "metadata" : {"a":[1,2], "b":1}, "message":"\u0041\u00e9",TO }""", true)]
    [InlineData("""{TO,"message":"Aé","metadata":{"b":1,"a":[1,2]},"idempotency_key":"k"}""", true)]
    [InlineData("""{TO,"message":"Aé","metadata":{"b":1,"a":[2,1]}}""", false)]
    [InlineData("""{TO,"message":"aé","metadata":{"b":1,"a":[1,2]}}""", false)]
    public void The_hash_is_of_what_the_request_says_not_of_how_it_is_written(string body, bool same) =>
        (Read(body, out _)!.Hash == Read("""{TO,"message":"Aé","metadata":{"b":1,"a":[1,2]}}""", out _)!.Hash).ShouldBe(same);

    [Theory]
    [InlineData(null, 5, null)]
    [InlineData("wait=10", 10, "wait=10")]
    [InlineData("wait=0", 0, "wait=0")]
    [InlineData("wait=99999", 30, "wait=30")]
    [InlineData("respond-async", 0, "respond-async")]
    [InlineData("respond-async, wait=7", 7, "wait=7")]
    [InlineData("Wait=\"3\"", 3, "wait=3")]
    [InlineData("wait=-1", 5, null)]
    [InlineData("wait=x, handling=lenient", 5, null)]
    public void The_wait_is_what_the_client_prefers_up_to_30_s(string? prefer, int seconds, string? applied) =>
        WaitPreference.Of(prefer).ShouldBe(new WaitPreference(TimeSpan.FromSeconds(seconds), applied));

    private static SendRequest? Read(string body, out List<(string Field, string Error)> errors) =>
        SendRequest.Read(Element(body), allowHttp: false, out errors);

    private static JsonElement Element(string body) => JsonElement.Parse(body.Replace("TO", To, StringComparison.Ordinal));
}
