namespace InstaMessenger.Contracts.Commands;

/// <summary>Tell which accounts users see now. What they have elsewhere of accounts that they lost is taken from them.</summary>
/// <param name="UserIds">1 to 100 users.</param>
/// <param name="AskedAt">When it was asked (UTC, the asker's clock); comes back with the answer.</param>
public sealed record CheckReach(IReadOnlyList<string> UserIds, DateTimeOffset AskedAt);
