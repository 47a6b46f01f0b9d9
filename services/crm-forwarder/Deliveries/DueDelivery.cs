using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>A delivery in the worker's hands.</summary>
/// <param name="Id">The row.</param>
/// <param name="EventId">The event, and the <c>webhook-id</c>.</param>
/// <param name="Conversation">Two deliveries of one conversation are never in flight at once; null for events that belong to none.</param>
/// <param name="Body">What is posted.</param>
/// <param name="TraceParent">The trace that the post belongs to.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="Failures">Failures since it was made or redelivered.</param>
/// <param name="CreatedAt">When the row was made.</param>
internal sealed record DueDelivery(
    long Id,
    EventId EventId,
    ConversationId? Conversation,
    byte[] Body,
    string? TraceParent,
    int Attempts,
    int Failures,
    DateTimeOffset CreatedAt)
{
    /// <summary>The replay that it belongs to; null for none.</summary>
    public string? ReplayId { get; init; }

    /// <summary>Whether it is posted anew, and so behind everything else.</summary>
    public bool IsReplay { get; init; }

    /// <summary>How its row stands while it is to be posted.</summary>
    public DeliveryState Waits => IsReplay ? DeliveryState.Replaying : DeliveryState.Pending;
}

/// <summary>Where an endpoint's deliveries are posted to, as of the last look.</summary>
/// <param name="Url">As it was stored: the guard judges it.</param>
/// <param name="Secrets">What signs, and its owner's headers; null when they cannot be decrypted.</param>
/// <param name="Tenant">Whose endpoint it is: endpoints of the same one share places.</param>
/// <param name="Proven">Whether its last post was answered in time.</param>
/// <param name="Claim">Under which claim it is this process's; what is recorded of it counts only under the same one.</param>
internal sealed record DeliveryTarget(
    string EndpointId, string Url, PostSecrets? Secrets, string Tenant, bool Proven, string Claim)
{
    /// <summary>The user who made the endpoint; null for an account's own.</summary>
    public string? Owner { get; init; }

    /// <summary>When the endpoint was changed last (UTC).</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Since when it has taken nothing; null while its last delivery was taken.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Whether a conversation's deliveries wait behind one that is tried again.</summary>
    public bool Ordered { get; init; }

    /// <summary>Posts begun in a second, at most; null for no such limit.</summary>
    public int? MaxPerSecond { get; init; }
}

/// <summary>The next deliveries of an endpoint.</summary>
/// <param name="Target">Null when the endpoint is not active, or another process's.</param>
/// <param name="Rows">Due deliveries, oldest due first.</param>
/// <param name="Full">Whether there may be more.</param>
internal sealed record LanePage(DeliveryTarget? Target, IReadOnlyList<DueDelivery> Rows, bool Full)
{
    public static readonly LanePage None = new(null, [], false);

    /// <summary>Whether there may be more that is posted anew, or nobody looked.</summary>
    public bool MayReplay { get; init; }
}

/// <summary>What one attempt came to.</summary>
/// <param name="Delivery">The delivery, as it was before the attempt.</param>
/// <param name="Target">Where it was posted to.</param>
/// <param name="Verdict">What follows from it.</param>
/// <param name="Status">The HTTP status, when there was an answer.</param>
/// <param name="Error">A code, when it failed.</param>
/// <param name="RetryAfter">What the CRM asked for.</param>
/// <param name="At">When the attempt began (UTC).</param>
/// <param name="Duration">Until the answer's headers, or the failure.</param>
internal sealed record AttemptResult(
    DueDelivery Delivery,
    DeliveryTarget Target,
    Verdict Verdict,
    int? Status,
    string? Error,
    TimeSpan? RetryAfter,
    DateTimeOffset At,
    TimeSpan Duration)
{
    /// <summary>A failure that took this long held its slot like a post that hung, however it ended.</summary>
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(5);

    /// <summary>The beginning of the answer's body, when it is text.</summary>
    public string? Answer { get; init; }

    /// <summary>
    /// Whether the endpoint answers in time; null when this attempt says nothing about it, like a connection refused at once.
    /// </summary>
    public bool? ProvesEndpoint => Verdict switch
    {
        Verdict.Delivered => true,
        Verdict.Refused => null,
        Verdict.TimedOut => false,
        _ when Duration >= InTime => false,
        _ => Status is null ? null : true,
    };
}

/// <summary>The ways in which an attempt can end.</summary>
internal enum Verdict
{
    /// <summary>2xx.</summary>
    Delivered,

    /// <summary>Not delivered; tried again by the schedule.</summary>
    Failed,

    /// <summary>Like <see cref="Failed"/>, and the CRM held the slot until the time was up.</summary>
    TimedOut,

    /// <summary>410: the endpoint is disabled, the delivery stays.</summary>
    Gone,

    /// <summary>The outbound guard says no; another attempt would be refused the same way.</summary>
    Refused,
}
