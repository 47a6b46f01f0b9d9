namespace InstaMessenger.Client;

/// <summary>An endpoint to be made.</summary>
/// <param name="Url">Where events are posted to.</param>
/// <param name="AccountIds">The accounts whose events it takes; null for all, also later ones, for keys that see all.</param>
/// <param name="EventTypes">The types that it takes; null for all, also later ones.</param>
/// <param name="Description">What it is for, at most 200 characters.</param>
/// <param name="Headers">Headers for each post, at most 20.</param>
/// <param name="Ordered">Whether a conversation's events wait behind one that is tried again.</param>
/// <param name="MaxPerSecond">Posts begun in a second, at most (1 to 1,000); null for no limit.</param>
public sealed record NewWebhookEndpoint(
    string Url,
    IReadOnlyList<string>? AccountIds = null,
    IReadOnlyList<string>? EventTypes = null,
    string? Description = null,
    IReadOnlyDictionary<string, string>? Headers = null,
    bool? Ordered = null,
    int? MaxPerSecond = null);

/// <summary>An endpoint.</summary>
/// <param name="Id"><c>whe_…</c></param>
/// <param name="AccountId">The account whose <c>crm_webhook_url</c> it is; null for one that was made by the API.</param>
/// <param name="Url">Where events are posted to.</param>
/// <param name="AccountIds">The accounts whose events it takes; null for all, also later ones.</param>
/// <param name="EventTypes">The types that it takes; null for all, also later ones.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Headers">Its headers; values that look like credentials are shown as <c>***</c>.</param>
/// <param name="Ordered">Whether a conversation's events wait behind one that is tried again.</param>
/// <param name="MaxPerSecond">Posts begun in a second, at most; null for no limit.</param>
/// <param name="State"><c>active</c>, <c>paused</c>, <c>disabled</c> (it answered 410) or <c>removed</c>.</param>
/// <param name="Reason">Why: <c>gone</c>, <c>failing</c>; null when somebody decided it.</param>
/// <param name="FailingSince">Since when it has taken nothing (UTC).</param>
/// <param name="PreviousSecretUntil">Until when the secret before signs too (UTC).</param>
/// <param name="CreatedAt">When it was made (UTC).</param>
/// <param name="ChangedAt">When it was changed last (UTC).</param>
/// <param name="DisabledAt">When it answered 410 (UTC).</param>
/// <param name="Secret">Signs its posts: shown once, when it is made; null afterwards.</param>
public sealed record WebhookEndpoint(
    string Id,
    string? AccountId,
    string? Url,
    IReadOnlyList<string>? AccountIds,
    IReadOnlyList<string>? EventTypes,
    string? Description,
    IReadOnlyDictionary<string, string> Headers,
    bool Ordered,
    int? MaxPerSecond,
    string State,
    string? Reason,
    DateTimeOffset? FailingSince,
    DateTimeOffset? PreviousSecretUntil,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt,
    DateTimeOffset? DisabledAt,
    string? Secret)
{
    /// <summary>Leaves the secret out, wherever the record is printed.</summary>
    public override string ToString() => Id;
}

/// <summary>What came of a test.</summary>
/// <param name="EventId">The <c>webhook-id</c>.</param>
/// <param name="Delivered">Whether it was answered with 2xx.</param>
/// <param name="Status">The HTTP status; null when there was no answer.</param>
/// <param name="Error">What went wrong, as a sentence; null when it was delivered.</param>
/// <param name="LatencyMs">Until the answer, in milliseconds.</param>
/// <param name="Answer">The first 1 KiB of the answer, when it is text.</param>
public sealed record EndpointTest(string EventId, bool Delivered, int? Status, string? Error, int LatencyMs, string? Answer);

/// <summary>A replay to be begun: <paramref name="From"/> or <paramref name="AfterSequence"/> says where.</summary>
/// <param name="From">Events of this time and later ones (UTC).</param>
/// <param name="To">Events before this time (UTC); null for all up to now.</param>
/// <param name="AfterSequence">Events behind this sequence; 0 for all that the log still has.</param>
/// <param name="EventTypes">Only events of these types; null for all that the endpoint takes.</param>
public sealed record NewReplay(
    DateTimeOffset? From = null, DateTimeOffset? To = null, long? AfterSequence = null, IReadOnlyList<string>? EventTypes = null);

/// <summary>A replay.</summary>
/// <param name="Id"><c>rpl_…</c></param>
/// <param name="State"><c>running</c>, <c>done</c> or <c>cancelled</c>.</param>
/// <param name="From">Where it begins, when a time says so (UTC).</param>
/// <param name="To">Events before this time (UTC).</param>
/// <param name="AfterSequence">Where it begins, when a sequence says so.</param>
/// <param name="EventTypes">The only types that are posted; null for all that the endpoint takes.</param>
/// <param name="Position">The sequence up to which the log was read; null before the first page.</param>
/// <param name="UpToSequence">The last sequence of it; null before the first page.</param>
/// <param name="Percent">How far it is, 0 to 100.</param>
/// <param name="Found">Events that were found so far.</param>
/// <param name="Delivered">Those that were taken.</param>
/// <param name="Failed">Those that wait for a retry, or were given up.</param>
/// <param name="CreatedAt">When it was begun (UTC).</param>
/// <param name="FinishedAt">When it ended (UTC); null while it runs.</param>
public sealed record Replay(
    string Id,
    string EndpointId,
    string State,
    DateTimeOffset? From,
    DateTimeOffset? To,
    long? AfterSequence,
    IReadOnlyList<string>? EventTypes,
    long? Position,
    long? UpToSequence,
    int Percent,
    int Found,
    int Delivered,
    int Failed,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt);

/// <summary>An event on its way to an endpoint.</summary>
/// <param name="Id">Its number.</param>
/// <param name="AccountId">The account whose event it is.</param>
/// <param name="EventId">The <c>webhook-id</c>.</param>
/// <param name="EventType">One of <see cref="Client.EventTypes"/>.</param>
/// <param name="Sequence">The event's place in the log.</param>
/// <param name="State"><c>pending</c>, <c>replaying</c>, <c>delivered</c> or <c>dead</c>.</param>
/// <param name="Attempts">How often it was posted.</param>
/// <param name="LastStatus">What the last post was answered.</param>
/// <param name="LastError">What went wrong with it, as a code.</param>
/// <param name="CreatedAt">When the event came to the endpoint (UTC).</param>
/// <param name="NextAttemptAt">When it is posted (again) (UTC).</param>
/// <param name="DeliveredAt">When it was taken (UTC).</param>
/// <param name="ReplayId">The replay to which it belongs.</param>
/// <param name="Log">Its attempts, oldest first.</param>
public sealed record Delivery(
    long Id,
    string EndpointId,
    string AccountId,
    string EventId,
    string EventType,
    long Sequence,
    string State,
    int Attempts,
    int? LastStatus,
    string? LastError,
    DateTimeOffset CreatedAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? DeliveredAt,
    string? ReplayId,
    IReadOnlyList<DeliveryAttempt> Log);

/// <summary>One post.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="At">When it began (UTC).</param>
/// <param name="Status">The HTTP status; null when there was no answer.</param>
/// <param name="Error">A code; null when it was taken.</param>
/// <param name="Message">The same as a sentence.</param>
/// <param name="DurationMs">Until the answer or the failure, in milliseconds.</param>
/// <param name="Answer">The first 1 KiB of the answer, when it is text.</param>
/// <param name="NextAttemptAt">When the next one was due (UTC); null when there was none.</param>
public sealed record DeliveryAttempt(
    int Number,
    DateTimeOffset At,
    int? Status,
    string? Error,
    string? Message,
    int DurationMs,
    string? Answer,
    DateTimeOffset? NextAttemptAt);
