using System.Text.Json.Nodes;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>Makes Meta's item of something that happens to a message.</summary>
/// <param name="account">The professional account.</param>
/// <param name="customer">The customer's IGSID.</param>
/// <param name="mid">Meta's id of the message.</param>
/// <param name="at">When (UTC).</param>
internal delegate JsonObject WebhookThing(string account, string customer, string mid, DateTimeOffset at);

/// <summary>What the rows let happen.</summary>
internal static class WebhookThings
{
    public static JsonObject Text(string account, string customer, string mid, DateTimeOffset at) => MetaPayloads.Text(
        account, customer, mid, "Hello, is the blue one still there in size M? I would take two if you ship before Friday.", at);

    public static JsonObject Love(string account, string customer, string mid, DateTimeOffset at) =>
        MetaPayloads.React(account, customer, mid, "love", "\u2764", at);

    public static JsonObject Read(string account, string customer, string mid, DateTimeOffset at) =>
        MetaPayloads.Read(account, customer, mid, at);

    /// <summary>A message with a picture.</summary>
    /// <param name="url">Where it lies.</param>
    public static WebhookThing Picture(string url) =>
        (account, customer, mid, at) => MetaPayloads.Attachment(account, customer, mid, MediaTypes.Image, url, at);
}
