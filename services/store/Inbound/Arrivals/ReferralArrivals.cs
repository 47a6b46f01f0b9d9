using System.Text.Json;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Records that a link brought a customer back into a thread: an item of it, though they have written nothing (yet).</summary>
internal sealed class ReferralArrivals(MessageRecorder messages) : IArrivalHandler
{
    public string Name => "referral";

    public Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals) =>
        messages.RecordAsync(scope, arrivals, Name, Read);

    private static MessageContent? Read(WebhookItem item, JsonElement referral)
    {
        if (ReceivedReferral.Read(referral) is not { } read) return null;
        var shows = ReceivedContent.ShowsAllBeside(item, "referral") && ReceivedReferral.ShowsAll(referral);
        return MessageContent.OfReceived(
            MessageKind.Referral,
            null,
            [],
            ReceivedContent.DetailsOf(item, referral) with { Referral = read },
            shows ? null : item.Element.GetRawText());
    }
}
