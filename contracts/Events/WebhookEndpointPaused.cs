using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>An endpoint that takes events of the account took nothing for days, and is not posted to any more.</summary>
/// <param name="EndpointId"><c>whe_…</c></param>
/// <param name="FailingSince">Since when it took nothing (UTC).</param>
public sealed record WebhookEndpointPaused(AccountId AccountId, string EndpointId, DateTimeOffset FailingSince);
