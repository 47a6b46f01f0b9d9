using System.Text.Json;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Records taps on buttons, ice breakers and menu items: items of the thread, which open the response window like a message.
/// </summary>
internal sealed class PostbackArrivals(MessageRecorder messages) : IArrivalHandler
{
    public string Name => "postback";

    public Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals) =>
        messages.RecordAsync(scope, arrivals, Name, Read);

    internal static MessageContent? Read(WebhookItem item, JsonElement postback)
    {
        var (title, payload) = (postback.Member("title").Text(), postback.Member("payload").Text());
        if ((title ?? payload) is null) return null;
        var referral = postback.Member("referral") ?? item.Event.Member("referral");
        var shows = ReceivedContent.ShowsAllBeside(item, "postback")
            && postback.HasOnly("mid", "title", "payload", "referral")
            && (postback.Member("mid") is null || ReceivedContent.Mid(postback) is not null)
            && (postback.Member("referral") is null || item.Event.Member("referral") is null)
            && ReceivedReferral.ShowsAll(referral);
        return MessageContent.OfReceived(
            MessageKind.Postback,
            title,
            [],
            ReceivedContent.DetailsOf(item, postback) with
            {
                Postback = new Postback(title, payload),
                Referral = ReceivedReferral.Read(referral),
            },
            shows ? null : item.Element.GetRawText());
    }
}
