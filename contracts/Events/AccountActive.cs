using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>What the store sees of an account, for its health. A time that is null says nothing new.</summary>
/// <param name="LastWebhookAt">When Meta last told something of it (UTC).</param>
/// <param name="LastSentAt">When Meta last took a message of it (UTC).</param>
/// <param name="Quarantined">Webhooks that name it and could not be recorded for it; null when they were not counted.</param>
public sealed record AccountActive(AccountId AccountId, DateTimeOffset? LastWebhookAt, DateTimeOffset? LastSentAt, int? Quarantined)
{
    /// <summary>What a sweep has found that was compared with Meta just now; null when none has ended.</summary>
    public Completeness? Completeness { get; init; }
}

/// <summary>How many messages of the last day were here when they were compared with what Meta shows.</summary>
/// <param name="CheckedAt">When that was (UTC).</param>
/// <param name="Known">Messages that were here.</param>
/// <param name="Missing">Messages that were not; they are since.</param>
public sealed record Completeness(DateTimeOffset CheckedAt, int Known, int Missing);
