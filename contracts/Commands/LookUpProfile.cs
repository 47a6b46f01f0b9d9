using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>Ask Meta who a customer is. A command that comes again while the first one waits has no effect of its own.</summary>
/// <param name="AccountId">The account that they wrote to.</param>
/// <param name="AskedAt">When it was asked for (UTC).</param>
public sealed record LookUpProfile(AccountId AccountId, InstagramUserId ContactId, DateTimeOffset AskedAt);
