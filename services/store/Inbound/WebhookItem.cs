using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace InstaMessenger.Store.Inbound;

/// <summary>One event of a webhook as it came, with what is needed to find its account and its handler.</summary>
internal sealed class WebhookItem
{
    private static readonly string[] Names =
        ["reaction", "read", "postback", "referral", "optin", "message_edit", "pass_thread_control", "take_thread_control", "request_thread_control", "app_roles", "policy_enforcement", "response_feedback", "delivery"];

    /// <param name="channelId"><c>entry.id</c>; empty when there was none.</param>
    /// <param name="container"><c>messaging</c>, <c>standby</c> or <c>changes</c>; empty when the entry itself is the event.</param>
    /// <param name="element">The event's JSON.</param>
    public WebhookItem(string channelId, string container, JsonElement element)
    {
        (ChannelId, Container, Element) = (channelId, container, element);
        // changes[] and the flat form wrap the event in "value".
        var wrapped = container is "changes" or "";
        Event = wrapped && element.Member("value") is { } value ? value : element;
        Name = NameOf(Event, wrapped ? element.Member("field").Text() : null);
        SentAt = Event.Member("timestamp").Time();
        (SenderId, RecipientId) = (Event.Member("sender").Member("id").Id(), Event.Member("recipient").Member("id").Id());
    }

    /// <summary>A webhook that cannot be read at all.</summary>
    public WebhookItem(byte[] unreadable)
    {
        (ChannelId, Container, Name, Unreadable) = ("", "", "unknown", unreadable);
    }

    /// <summary>The id that Meta addressed it to; empty when it named none.</summary>
    public string ChannelId { get; }

    public string Container { get; }

    /// <summary>All that came of it. See <see cref="Event"/> for the part that every shape of an entry has.</summary>
    public JsonElement Element { get; }

    /// <summary>The event itself, without what wraps it.</summary>
    public JsonElement Event { get; }

    /// <summary>What it is, like <c>message</c> or <c>reaction</c>: the name of its handler.</summary>
    public string Name { get; }

    /// <summary>Meta's time; null when it gave none that makes sense.</summary>
    public DateTimeOffset? SentAt { get; }

    public string? SenderId { get; }

    public string? RecipientId { get; }

    /// <summary>The whole body, when it is no JSON; everything else is empty then.</summary>
    public byte[]? Unreadable { get; }

    /// <summary>An echo tells what the business wrote, so its sides are swapped.</summary>
    public bool IsEcho => Event.Member("message").Member("is_echo").IsTrue();

    /// <summary>The business side of the event itself, when it names one: a second way to the account.</summary>
    public string? BusinessId => IsEcho ? SenderId : RecipientId;

    /// <summary>The other side.</summary>
    public string? CustomerId => IsEcho ? RecipientId : SenderId;

    /// <summary>Recognises the same event when Meta sends it again: retries are byte-identical.</summary>
    public string Fingerprint() =>
        Convert.ToHexStringLower(SHA256.HashData(Unreadable ?? Encoding.UTF8.GetBytes($"{ChannelId}\n{Container}\n{Element.GetRawText()}")));

    /// <summary>A webhook of this event alone.</summary>
    public byte[] ToWebhook()
    {
        if (Unreadable is not null) return Unreadable;
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

    private static string NameOf(JsonElement item, string? field)
    {
        var message = item.Member("message");
        if (message.Member("is_deleted").IsTrue()) return "message_deleted";
        if (message is not null) return "message";
        return Array.Find(Names, name => item.Member(name) is not null) ?? (field is { Length: > 0 and <= 40 } ? field : "unknown");
    }
}
