namespace InstaMessenger.Client;

/// <summary>How an account stands.</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> (it ends by itself) or <c>action_needed</c>.</param>
/// <param name="Token">Its access token.</param>
/// <param name="Subscription">What Meta tells the product of it.</param>
/// <param name="LastWebhookAt">When Meta last told something (UTC); null for not yet.</param>
/// <param name="LastSentAt">When Meta last took a message (UTC); null for not yet.</param>
/// <param name="Sending">What waits to be sent.</param>
/// <param name="Quarantined">Webhooks that name it and could not be recorded.</param>
/// <param name="Completeness">How many of the messages that Meta shows are kept; null until they were compared.</param>
/// <param name="ProfileCache">How often the profiles of customers who wrote were known.</param>
/// <param name="Problems">What is wrong; empty when nothing is.</param>
/// <param name="NextStep">What to do first; null when nothing is to be done.</param>
public sealed record AccountHealth(
    string Status,
    TokenHealth Token,
    SubscriptionHealth Subscription,
    DateTimeOffset? LastWebhookAt,
    DateTimeOffset? LastSentAt,
    SendingHealth Sending,
    int Quarantined,
    CompletenessHealth? Completeness,
    ProfileCacheHealth ProfileCache,
    IReadOnlyList<HealthProblem> Problems,
    string? NextStep);

/// <summary>An account's access token.</summary>
/// <param name="State"><c>valid</c>, <c>expiring</c> or <c>invalid</c>.</param>
/// <param name="ExpiresAt">When it ends (UTC); null when that is not known, or it has no fixed end.</param>
/// <param name="DaysLeft">Whole days until then.</param>
/// <param name="RefreshedAt">When it was last refreshed (UTC); null for not yet.</param>
public sealed record TokenHealth(string State, DateTimeOffset? ExpiresAt, int? DaysLeft, DateTimeOffset? RefreshedAt);

/// <summary>The webhooks that Meta sends.</summary>
/// <param name="Fields">Subscribed fields; null while Meta was not asked.</param>
/// <param name="Missing">Fields that should be there and are not.</param>
/// <param name="CheckedAt">When Meta was last asked (UTC).</param>
public sealed record SubscriptionHealth(IReadOnlyList<string>? Fields, IReadOnlyList<string> Missing, DateTimeOffset? CheckedAt);

/// <summary>What waits to be sent.</summary>
/// <param name="State"><c>running</c> or <c>paused</c>.</param>
/// <param name="Reason">Why it is paused; null when it is not.</param>
/// <param name="Until">When it goes on (UTC); null when it runs, or when only another token lets it.</param>
/// <param name="Queued">How many wait or are under way.</param>
/// <param name="EtaSeconds">Seconds until the last of them is out; null when only another token lets them go.</param>
public sealed record SendingHealth(string State, string? Reason, DateTimeOffset? Until, int Queued, long? EtaSeconds);

/// <summary>How complete the last day was when it was compared with what Meta shows.</summary>
/// <param name="CheckedAt">When that was (UTC).</param>
/// <param name="Known">Messages that were here.</param>
/// <param name="Missing">Messages that no webhook had brought; they are here since.</param>
/// <param name="Percent">The share of those that were here, 0 to 100.</param>
public sealed record CompletenessHealth(DateTimeOffset CheckedAt, int Known, int Missing, double Percent);

/// <summary>How well the cache of profiles serves.</summary>
/// <param name="HitRate">The share of customers who wrote and were known, 0 to 1; null while nobody wrote.</param>
public sealed record ProfileCacheHealth(double? HitRate);

/// <summary>Something that is wrong.</summary>
/// <param name="Code">A stable word in snake_case.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="NextStep">What to do; null when it ends by itself.</param>
public sealed record HealthProblem(string Code, string Message, string? NextStep);
