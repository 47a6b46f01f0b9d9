namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>
/// Something that is done to rows that are there, behind those that a page brings. Each changes only what is not newer than itself, so that
/// a change which comes twice, or late, does no harm.
/// </summary>
/// <param name="Sequence">The event that tells of it.</param>
internal abstract record MirrorChange(long Sequence);

/// <summary>The customer has read the thread up to a message.</summary>
internal sealed record MirrorReadMark(long Sequence, string MessageId, DateTime ReadAt) : MirrorChange(Sequence);

/// <summary>Somebody reacted.</summary>
internal sealed record MirrorReaction(long Sequence, string MessageId, MirrorRow Reaction) : MirrorChange(Sequence);

/// <summary>Somebody took a reaction back.</summary>
internal sealed record MirrorUnreaction(long Sequence, string MessageId, string Author) : MirrorChange(Sequence);

/// <summary>A message is the same as another one, and gone.</summary>
internal sealed record MirrorReplaced(long Sequence, string MessageId) : MirrorChange(Sequence);

/// <summary>A message was taken back: what quotes it shows nothing of it.</summary>
internal sealed record MirrorUnquote(long Sequence, string MessageId) : MirrorChange(Sequence);

/// <summary>A contact was erased.</summary>
internal sealed record MirrorContactGone(long Sequence, string AccountId, string? ContactId, string? ConversationId, DateTime AskedAt)
    : MirrorChange(Sequence);

/// <summary>Everything of an account up to a time was erased.</summary>
internal sealed record MirrorAccountGone(long Sequence, string AccountId, DateTime AskedAt) : MirrorChange(Sequence);

/// <summary>An import ended, of whose messages no event tells: the account is filled anew.</summary>
internal sealed record MirrorRefill(long Sequence, string AccountId) : MirrorChange(Sequence);
