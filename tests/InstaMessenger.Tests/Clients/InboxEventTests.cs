using System.Text;
using System.Text.Json;
using InstaMessenger.Client;

namespace InstaMessenger.Tests.Clients;

public sealed class InboxEventTests
{
    [Fact]
    public void An_event_of_a_younger_type_comes_through_with_its_json()
    {
        var made = Parse("call.started", """{"call":{"id":"call_1"}}""");

        (made.Id, made.Sequence, made.Type, made.AccountId).ShouldBe(("evt_1", 7, "call.started", "acc_1"));
        made.Data.ShouldBeOfType<UnknownEventData>().Json.GetProperty("call").GetProperty("id").GetString().ShouldBe("call_1");
    }

    [Theory]
    [InlineData("""{"message":"of another shape"}""")]
    [InlineData("""{"contact":{"id":"2000"}}""")]
    [InlineData("""["a list"]""")]
    [InlineData("7")]
    public void An_event_whose_data_has_another_shape_comes_through_with_its_json(string data) =>
        Parse("message.received", data).Data.ShouldBeOfType<UnknownEventData>().Json.GetRawText().ShouldBe(data);

    [Fact]
    public void Members_and_words_that_are_younger_than_the_client_are_no_fault()
    {
        var message = Parse(
            "message.received",
            """
            {"message":{"id":"msg_1","kind":"hologram","text":"Hello","attachments":[],"reactions":[],"edits":[],
            "sent_at":"2026-11-23T17:13:00.000Z","received_at":"2026-11-23T17:13:00.000Z","of_tomorrow":{"a":1}},
            "contact":{"id":"2000","shoe_size":44},"mood":"good"}
            """).Data.ShouldBeOfType<MessageReceived>().Message;

        (message.Kind, message.Text, message.ReadAt).ShouldBe(("hologram", "Hello", null));
    }

    [Fact]
    public void An_event_of_somebody_who_was_erased_has_no_data() => Parse("message.received", "null").Data.ShouldBeNull();

    [Fact]
    public void The_test_of_an_endpoint_is_in_no_log()
    {
        var made = InboxEvent.Parse(
            """
            {"id":"evt_1","sequence":null,"type":"webhook.test","account_id":null,"conversation_id":null,
            "occurred_at":"2026-11-23T17:13:00.000Z","data":{"webhook_endpoint_id":"whe_1"}}
            """u8);

        made.Sequence.ShouldBeNull();
        made.Data.ShouldBe(new WebhookTest("whe_1"));
    }

    [Fact]
    public void Metas_own_json_may_be_nested_deeper_than_readers_usually_go()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));

        Parse("event.unsupported", $$"""{"what":"x","sent_at":"2026-11-23T17:13:00.000Z","raw":{{deep}}}""")
            .Data.ShouldBeOfType<UnsupportedEvent>().Raw!.Value.GetRawText().ShouldBe(deep);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"evt_1"}""")]
    [InlineData("no JSON")]
    public void What_is_no_event_is_said_to_be_none(string json) =>
        Should.Throw<JsonException>(() => InboxEvent.Parse(Encoding.UTF8.GetBytes(json)));

    private static InboxEvent Parse(string type, string data) => InboxEvent.Parse(Encoding.UTF8.GetBytes(
        $$"""
        {"id":"evt_1","sequence":7,"type":"{{type}}","account_id":"acc_1","conversation_id":null,
        "occurred_at":"2026-11-23T17:13:00.000Z","data":{{data}},"of_tomorrow":true}
        """));
}
