namespace InstaMessenger.Contracts.Events;

/// <summary>A page of the event log that was asked for.</summary>
/// <param name="ReplayId">The replay that it is for.</param>
/// <param name="Page">Its number, from 1.</param>
/// <param name="Events">The events of the page that were asked for, in order. There may be none, and still more behind it.</param>
/// <param name="BeganAt">The sequence behind which the page began.</param>
/// <param name="Position">The sequence up to which the log was read.</param>
/// <param name="UpTo">The last sequence of the replay: there are more pages as long as the position is below it.</param>
public sealed record EventsRead(
    string ReplayId, int Page, IReadOnlyList<InboxEvent> Events, long BeganAt, long Position, long UpTo);
