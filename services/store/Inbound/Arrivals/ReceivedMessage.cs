using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>A message, of the customer or (an echo) of the business, with the arrival that it came in.</summary>
/// <param name="Arrival">How it came.</param>
/// <param name="Mid">Meta's id of it; null when there is no usable one, and then the event is recognised by its JSON.</param>
/// <param name="IsEcho">Whether the business wrote it.</param>
/// <param name="Content">What it says.</param>
internal sealed record ReceivedMessage(
    Arrival Arrival, InstagramUserId Contact, InstagramMessageId? Mid, bool IsEcho, MessageContent Content)
{
    public Account Account => Arrival.Account!;

    /// <summary>Reads an arrival. Returns null when it does not say between whom it is, or says nothing.</summary>
    public static ReceivedMessage? Of(Arrival arrival, string part, Func<WebhookItem, JsonElement, MessageContent?> content) =>
        arrival.Item.Event.Member(part) is { ValueKind: JsonValueKind.Object } item && arrival.Contact is { } contact
            && content(arrival.Item, item) is { } read
            ? new ReceivedMessage(arrival, contact, ReceivedContent.Mid(item), arrival.IsOutbound, read)
            : null;
}
