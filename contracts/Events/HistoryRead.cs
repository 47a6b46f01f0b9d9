using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>A part of a <see cref="ReadHistory"/> was read: a thread, or that the run goes on or is over.</summary>
/// <param name="Purpose">Of which run it is.</param>
/// <param name="Run">Of which run it is.</param>
/// <param name="Found">How many messages the run has found so far; a part that comes twice changes nothing.</param>
/// <param name="Thread">The thread; null when the run only tells how it stands.</param>
/// <param name="Ended">Whether nothing more comes.</param>
/// <param name="Error">Why the run ended early, for people; null when it did not.</param>
/// <param name="At">When it was read (UTC).</param>
public sealed record HistoryRead(
    AccountId AccountId,
    HistoryPurpose Purpose,
    long Run,
    int Found,
    HistoryThread? Thread,
    bool Ended,
    string? Error,
    DateTimeOffset At);

/// <summary>The messages of one thread, at most 20: Meta shows no more with what they say.</summary>
/// <param name="Username">The customer's name at Instagram; null when Meta gave none.</param>
/// <param name="Webhook">The messages as a webhook would bring them, oldest first: UTF-8 JSON.</param>
public sealed record HistoryThread(InstagramUserId ContactId, string? Username, byte[] Webhook);
