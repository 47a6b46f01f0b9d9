using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound;

/// <summary>One event of a webhook, with what is needed to find its account.</summary>
/// <param name="Place">Where in the webhook it was.</param>
/// <param name="BusinessId">The business side of the event itself, when it names one: a second way to the account.</param>
/// <param name="SentAt">Meta's time; null when it gave none that makes sense.</param>
internal abstract record InboundItem(WebhookPlace Place, string? BusinessId, DateTimeOffset? SentAt)
{
    /// <summary>The id that Meta addressed it to; empty when it named none.</summary>
    public string ChannelId => Place.ChannelId;
}

/// <summary>A message, of the customer or (an echo) of the business.</summary>
internal sealed record InboundMessage(
    WebhookPlace Place, string? BusinessId, DateTimeOffset? SentAt, InstagramUserId Contact, InstagramMessageId Mid, bool IsEcho, MessageContent Content)
    : InboundItem(Place, BusinessId, SentAt);

/// <summary>
/// Anything else: kept as raw JSON and told to clients as <c>event.unsupported</c>. <c>What</c> is the member that names it, like
/// <c>reaction</c>; <c>unknown</c> when there is none.
/// </summary>
internal sealed record InboundOther(WebhookPlace Place, string? BusinessId, DateTimeOffset? SentAt, InstagramUserId? Contact, string What)
    : InboundItem(Place, BusinessId, SentAt);

/// <summary>A webhook that cannot be read at all.</summary>
internal sealed record InboundUnreadable(byte[] Body) : InboundItem(new WebhookPlace("", "", default), null, null);

/// <summary>Where in a webhook an event was, so that it can be kept and read again by itself.</summary>
/// <param name="ChannelId"><c>entry.id</c>.</param>
/// <param name="Container"><c>messaging</c>, <c>standby</c> or <c>changes</c>; empty when the entry itself is the event.</param>
/// <param name="Element">The event's JSON.</param>
internal sealed record WebhookPlace(string ChannelId, string Container, JsonElement Element)
{
    public string Raw => Element.GetRawText();

    /// <summary>Recognises the same event when Meta sends it again: retries are byte-identical.</summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ChannelId}\n{Container}\n{Raw}")));

    /// <summary>A webhook of this event alone.</summary>
    public byte[] ToWebhook()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("object", "instagram");
            json.WriteStartArray("entry");
            if (Container.Length == 0)
            {
                Element.WriteTo(json);
            }
            else
            {
                json.WriteStartObject();
                json.WriteString("id", ChannelId);
                json.WriteStartArray(Container);
                Element.WriteTo(json);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
