using System.Text;
using InstaMessenger.Contracts.Events;

namespace InstaMessenger.Tests.Ids;

public sealed class EventBodyTests
{
    private const string Erased = """{"id":"msg_1","kind":"deleted"}""";

    [Theory]
    [InlineData(
        """{"id":"evt_1","data":{"message":{"id":"msg_1","text":"said"},"contact":{"id":"1"},"postback":{"payload":"said"}}}""",
        """{"id":"evt_1","data":{"message":{"id":"msg_1","kind":"deleted"},"contact":{"id":"1"},"postback":null}}""")]
    [InlineData(
        """{"data":{"conversation":{"id":"conv_1","last_message":{"id":"msg_1","text":"said"},"unread_count":0}}}""",
        """{"data":{"conversation":{"id":"conv_1","last_message":{"id":"msg_1","kind":"deleted"},"unread_count":0}}}""")]
    [InlineData("""{"data":{"message":{"id":"msg_2","text":"another"}}}""", """{"data":{"message":{"id":"msg_2","text":"another"}}}""")]
    [InlineData(
        """{"data":{"message":{"id":"msg_2","text":"another","reply_to":{"message_id":"msg_1","kind":"text","excerpt":"said"}}}}""",
        """{"data":{"message":{"id":"msg_2","text":"another","reply_to":{"message_id":"msg_1","kind":"deleted","excerpt":null}}}}""")]
    [InlineData(
        """{"data":{"conversation":{"last_message":{"id":"msg_2","reply_to":{"message_id":"msg_1","kind":"text","excerpt":"said"}}}}}""",
        """{"data":{"conversation":{"last_message":{"id":"msg_2","reply_to":{"message_id":"msg_1","kind":"deleted","excerpt":null}}}}}""")]
    [InlineData("""{"data":{"message":null}}""", """{"data":{"message":null}}""")]
    [InlineData("""{"data":null}""", """{"data":null}""")]
    [InlineData("""{"data":{"text":"cut""", "")]
    [InlineData("[]", "")]
    [InlineData(
        "{\"data\":{\"message\":{\"id\":\"msg_1\",\"text\":\"\\ud800\"}}}",
        """{"data":{"message":{"id":"msg_1","kind":"deleted"}}}""")]
    public void Only_the_message_is_taken_out(string body, string expected) =>
        Encoding.UTF8.GetString(EventBody.WithoutMessage(Encoding.UTF8.GetBytes(body), Encoding.UTF8.GetBytes(Erased))).ShouldBe(expected);

    [Theory]
    [InlineData("m1", """{"data":{"what":"message","instagram_message_id":"m1","raw":null}}""")]
    [InlineData("m2", """{"data":{"what":"message","instagram_message_id":"m1","raw":{"text":"said"}}}""")]
    public void What_was_told_as_it_came_loses_its_json(string mid, string expected) =>
        Encoding.UTF8.GetString(EventBody.WithoutMessage(
            """{"data":{"what":"message","instagram_message_id":"m1","raw":{"text":"said"}}}"""u8.ToArray(),
            Encoding.UTF8.GetBytes($$"""{"instagram_message_id":"{{mid}}"}"""))).ShouldBe(expected);
}
