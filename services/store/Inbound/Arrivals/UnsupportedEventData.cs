using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary><c>data</c> of <c>event.unsupported</c>.</summary>
/// <param name="What">The member that names the event in Meta's JSON, like <c>reaction</c>.</param>
/// <param name="ContactId">The customer, when the event names one.</param>
/// <param name="SentAt">Meta's time (UTC).</param>
/// <param name="InstagramMessageId">Meta's id of the message that it is, edits or takes back; null for all else.</param>
/// <param name="Raw">Meta's JSON; null when it is a message that was taken back.</param>
internal sealed record UnsupportedEventData(
    string What, InstagramUserId? ContactId, DateTimeOffset SentAt, InstagramMessageId? InstagramMessageId, RawJson? Raw);
