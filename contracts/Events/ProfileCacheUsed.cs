using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>How often customers of an account wrote since the last such event, by whether their profile was known.</summary>
/// <param name="Hits">How often it was known, or that Meta does not tell it.</param>
/// <param name="Misses">How often Meta had to be asked.</param>
/// <param name="At">When it was counted (UTC).</param>
public sealed record ProfileCacheUsed(AccountId AccountId, int Hits, int Misses, DateTimeOffset At);
