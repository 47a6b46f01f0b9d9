using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>What the CRM's mirror needs next: the answer to <see cref="ReadMirror"/>.</summary>
/// <param name="Ask">The number of the question.</param>
/// <param name="After">The sequence behind which events were asked for; null for a fill from the start.</param>
/// <param name="Head">The last sequence of the log before anything else was read: what is filled is at least as new.</param>
/// <param name="Oldest">The oldest sequence that the log still has; one more than <paramref name="Head"/> when it has none.</param>
/// <param name="Last">The event at the place that was asked about, in the log as it is now; null when it has none there.</param>
/// <param name="Events">The events, in order; what was erased of them is gone.</param>
/// <param name="Position">The sequence up to which the log was read.</param>
/// <param name="PositionId">The event there; null when the log has none there.</param>
/// <param name="Filled">Some of what there is; null when nothing was asked for.</param>
/// <param name="Erasures">Erasures that are under way, or ended lately.</param>
/// <param name="ReadAt">When it was read (UTC).</param>
public sealed record MirrorRead(
    long Ask,
    long? After,
    long Head,
    long Oldest,
    EventId? Last,
    IReadOnlyList<InboxEvent> Events,
    long Position,
    EventId? PositionId,
    Filled? Filled,
    IReadOnlyList<MirrorErasure> Erasures,
    DateTimeOffset ReadAt);

/// <summary>Some threads and messages as they are.</summary>
/// <param name="From">The place that was asked for.</param>
/// <param name="Next">Where to go on; null when there is no more.</param>
/// <param name="Conversations">Conversations as clients see them: UTF-8 JSON.</param>
/// <param name="Messages">Messages as clients see them: UTF-8 JSON.</param>
public sealed record Filled(FillPlace From, FillPlace? Next, IReadOnlyList<byte[]> Conversations, IReadOnlyList<byte[]> Messages);

/// <summary>Somebody of whom nothing may be kept, or an account.</summary>
/// <param name="IsOver">Whether nothing of it can appear in what is read any more.</param>
/// <param name="IsOfAccount">Whether everything of the account is erased.</param>
/// <param name="ContactId">The contact; null for everything of the account, and once they are forgotten.</param>
/// <param name="ConversationId">The contact's thread; null for everything of the account, and for a contact without one.</param>
/// <param name="AskedAt">What is younger (UTC) stays.</param>
public sealed record MirrorErasure(
    string ErasureId,
    bool IsOver,
    AccountId AccountId,
    bool IsOfAccount,
    InstagramUserId? ContactId,
    ConversationId? ConversationId,
    DateTimeOffset AskedAt);
