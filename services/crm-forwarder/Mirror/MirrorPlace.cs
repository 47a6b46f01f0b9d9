using InstaMessenger.Contracts.Commands;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>Where the mirror stands, as its own database says: what is there was applied in the same transaction.</summary>
/// <param name="Sequence">The sequence up to which events were applied; null when it is to be filled from the start.</param>
/// <param name="LastSequence">The newest event that was ever applied; null for none.</param>
/// <param name="UpdatedAt">When the newest page was read (UTC, by the store's clock); null for none.</param>
/// <param name="Fill">The fill that is under way; null when none is.</param>
internal sealed record MirrorPlace(
    long? Sequence, long? LastSequence, EventId? LastEventId, DateTimeOffset? UpdatedAt, FillPlace? Fill);
