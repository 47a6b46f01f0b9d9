using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>What the store sees of an account, for its health. A time that is null says nothing new.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="LastWebhookAt">When Meta last told something of it (UTC).</param>
/// <param name="LastSentAt">When Meta last took a message of it (UTC).</param>
/// <param name="Quarantined">Webhooks that name it and could not be recorded for it; null when they were not counted.</param>
public sealed record AccountActive(AccountId AccountId, DateTimeOffset? LastWebhookAt, DateTimeOffset? LastSentAt, int? Quarantined);
