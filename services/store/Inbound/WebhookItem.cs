using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Inbound;

/// <summary>One event of a webhook as it came, with what is needed to find its account and its handler.</summary>
internal sealed class WebhookItem
{
    private readonly JsonElement? _entryTime;
    private readonly bool _hasOwnTime;

    /// <param name="channelId"><c>entry.id</c>; empty when there was none.</param>
    /// <param name="container"><c>messaging</c>, <c>standby</c> or <c>changes</c>; empty when the entry itself is the event.</param>
    /// <param name="element">The event's JSON.</param>
    /// <param name="entryTime"><c>entry.time</c>, for an event that has no time of its own.</param>
    public WebhookItem(string channelId, string container, JsonElement element, JsonElement? entryTime = null)
    {
        (ChannelId, Container, Element, _entryTime) = (channelId, container, element, entryTime);
        // changes[] and the flat form wrap the event in "value".
        var mayWrap = container is "changes" or "";
        IsWrapped = mayWrap && element.Member("value") is not null;
        Event = IsWrapped ? element.GetProperty("value") : element;
        Name = WebhookItemName.Of(Event, mayWrap ? element.Member("field").Text() : null);
        var ownTime = Event.Member("timestamp").Time();
        (_hasOwnTime, EntryTime) = (ownTime is not null, entryTime.Time());
        SentAt = ownTime ?? EntryTime;
        (SenderId, RecipientId) = (Event.Member("sender").Member("id").Id(), Event.Member("recipient").Member("id").Id());
    }

    /// <summary>Makes an item of a webhook that cannot be read at all.</summary>
    public WebhookItem(byte[] unreadable)
    {
        (ChannelId, Container, Name, Unreadable) = ("", "", WebhookItemName.Unknown, unreadable);
    }

    /// <summary>The id that Meta addressed it to; empty when it named none.</summary>
    public string ChannelId { get; }

    public string Container { get; }

    /// <summary>All the JSON that came. See <see cref="Event"/> for the part that every shape of an entry has.</summary>
    public JsonElement Element { get; }

    /// <summary>The event itself, without what wraps it.</summary>
    public JsonElement Event { get; }

    /// <summary>Whether <see cref="Element"/> is not the event but holds it, beside its field.</summary>
    public bool IsWrapped { get; }

    /// <summary>What it is, like <c>message</c> or <c>reaction</c>: the name of its handler.</summary>
    public string Name { get; }

    /// <summary>
    /// The member that holds what happened. Null when it is not there: a change is named by its field, and anybody may call a member of
    /// anything like one of ours.
    /// </summary>
    public JsonElement? Part => Event.Member(Name == WebhookItemName.Unsend ? "message" : Name);

    /// <summary>Meta's time, the event's own or its entry's; null when neither makes sense.</summary>
    public DateTimeOffset? SentAt { get; }

    /// <summary>Meta's time of the entry; null when it makes no sense.</summary>
    public DateTimeOffset? EntryTime { get; }

    public string? SenderId { get; }

    public string? RecipientId { get; }

    /// <summary>The whole body when it is not JSON; everything else is empty then.</summary>
    public byte[]? Unreadable { get; }

    /// <summary>
    /// Whether Meta says that the business itself did it. Meta does not always say so, so <see cref="Arrival.IsOutbound"/> goes by the ids
    /// too.
    /// </summary>
    public bool SaysOutbound =>
        Event.Member("message") is { } message && (message.Member("is_echo").IsTrue() || message.Member("is_self").IsTrue())
            || Event.Member("is_self").IsTrue();

    /// <summary>The business side of the event itself, when it names one: a second way to the account.</summary>
    public string? BusinessId => SaysOutbound ? SenderId : RecipientId;

    /// <summary>
    /// The sender of what Meta does not say to be outbound, a third way to the account: of an echo without its flag it is the business.
    /// Null where the webhook is addressed to the recipient: that is the business then, and the sender its customer, be it another account
    /// of ours.
    /// </summary>
    public string? UnsaidBusinessId => !SaysOutbound && RecipientId is not null && RecipientId != ChannelId ? SenderId : null;

    /// <summary>
    /// Recognises the same event when Meta sends it again, in whatever order its members are. The entry's time tells apart two events that
    /// have no time of their own, like two equal changes.
    /// </summary>
    public string Fingerprint()
    {
        if (Unreadable is not null) return Convert.ToHexStringLower(SHA256.HashData(Unreadable));
        var time = _hasOwnTime ? null : _entryTime?.GetRawText();
        return Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{ChannelId}\n{Container}\n{time}\n{CanonicalJson.Hash(Element)}")));
    }

    /// <summary>Makes a webhook of this event alone.</summary>
    public byte[] ToWebhook()
    {
        if (Unreadable is not null) return Unreadable;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { MaxDepth = DeepJson.MostDepth + 10 }))
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
                if (_entryTime is { } time)
                {
                    json.WritePropertyName("time");
                    time.WriteTo(json);
                }

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
