using System.Text.Json;
using InstaMessenger.Simulator.Meta.Graph;

namespace InstaMessenger.Tests.Simulator;

/// <summary>The simulator takes no key that Meta would not.</summary>
public sealed class KnownKeysTests
{
    [Theory]
    [InlineData("""{"recipient":{"id":"1"},"text":"x"}""", "text")]
    [InlineData("""{"recipient":{"id":"1","name":"x"}}""", "name")]
    [InlineData("""{"message":{"text":"x","body":"y"}}""", "body")]
    [InlineData("""{"message":{"attachments":[{"type":"image","payload":{}},{"type":"image","uri":"x"}]}}""", "uri")]
    [InlineData("""{"message":{"attachment":{"type":"image","payload":{"uri":"x"}}}}""", "uri")]
    [InlineData("""{"message":{"text":"x","quick_replies":[{"title":"A","colour":"red"}]}}""", "colour")]
    [InlineData("""{"message":{"attachment":{"payload":{"elements":[{"buttons":[{"title":"A","colour":"red"}]}]}}}}""", "colour")]
    [InlineData("""{"reply_to":{"message_id":"x"}}""", "message_id")]
    public void A_key_that_is_not_known_is_named_however_deep_it_stands(string body, string key) =>
        KnownKeys.FaultOf(JsonElement.Parse(body)).ShouldNotBeNull().ShouldContain($"\"{key}\"");

    [Fact]
    public void A_body_of_known_keys_is_taken() =>
        KnownKeys.FaultOf(JsonElement.Parse("""{"recipient":{"id":"1"},"sender_action":"react","payload":{"message_id":"m"}}"""))
            .ShouldBeNull();
}
