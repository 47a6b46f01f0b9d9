using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>
/// Erases what a service keeps of an account, or of one of its contacts. It comes twice: when the erasure is asked for, so that nothing
/// more goes out, and when the store has erased its threads, so that what was told meanwhile goes too.
/// </summary>
/// <param name="Round">1 when it was asked for, 2 when the threads are gone. A service reports each.</param>
/// <param name="ContactId">The contact; null for everything of the account.</param>
/// <param name="ConversationId">The contact's thread; null for everything of the account, and for a contact without one.</param>
/// <param name="AskedAt">What is younger (UTC) stays.</param>
/// <param name="UpToSequence">Events that belong to no thread, or to the whole account, stay when they are younger.</param>
public sealed record EraseData(
    string ErasureId,
    int Round,
    AccountId AccountId,
    InstagramUserId? ContactId,
    ConversationId? ConversationId,
    DateTimeOffset AskedAt,
    long UpToSequence)
{
    /// <summary>Events that are erased besides, because they tell of an erased message without naming the contact; null for none.</summary>
    public IReadOnlyList<EventId>? Events { get; init; }
}
