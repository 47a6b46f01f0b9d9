using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>A message, of the customer or (an echo) of the business, with the arrival that told it.</summary>
internal sealed record ReceivedMessage(Arrival Arrival, InstagramUserId Contact, InstagramMessageId Mid, bool IsEcho, MessageContent Content)
{
    public Account Account => Arrival.Account!;

    /// <summary>Returns null when the event does not say who wrote what.</summary>
    public static ReceivedMessage? Of(Arrival arrival)
    {
        var item = arrival.Item;
        return item.Event.Member("message") is { ValueKind: JsonValueKind.Object } message
            && InstagramUserId.TryParse(item.CustomerId, out var contact)
            && InstagramMessageId.TryParse(message.Member("mid").Text(), out var mid)
            ? new ReceivedMessage(arrival, contact, mid, item.IsEcho, ReceivedContent.Read(message))
            : null;
    }
}
