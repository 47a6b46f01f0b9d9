using Refit;

namespace InstaMessenger.Client;

/// <summary>The event log, page by page: what a CRM catches up with after it was away.</summary>
public interface IEvents
{
    /// <summary>
    /// Reads the events after a sequence, oldest first. Ask again with <see cref="EventPage.LastSequence"/>, at once while
    /// <see cref="EventPage.NextCursor"/> is there and else later: nothing at or below it can still appear.
    /// </summary>
    /// <param name="after">
    /// A sequence; null for the oldest event that is kept. One beyond the end of the log (<see cref="long.MaxValue"/>) shows where the end
    /// is.
    /// </param>
    /// <param name="accountId">Only events of this account; null for all that the key sees.</param>
    /// <param name="types">
    /// Only events of these <see cref="EventTypes"/>, with commas between them; null for all. A page of rare types may be empty and have a
    /// <see cref="EventPage.NextCursor"/>.
    /// </param>
    /// <param name="limit">Events on a page: 1 to 200, 50 when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ApiProblemException">
    /// 410 <c>events_expired</c>: what is behind <paramref name="after"/> is not kept any more. Read anew what you need of conversations
    /// and messages, and go on with <c>oldest_sequence</c> of the <see cref="ApiProblemException.Problem"/> less 1.
    /// </exception>
    [Get("/api/v1/events")]
    Task<EventPage> ReadAsync(
        long? after = null,
        [AliasAs("account_id")] string? accountId = null,
        string? types = null,
        int? limit = null,
        CancellationToken cancellationToken = default);
}

/// <summary>A page of the event log.</summary>
/// <param name="Data">The events, oldest first.</param>
/// <param name="NextCursor">Null when these were the last ones.</param>
/// <param name="LastSequence">Where to go on.</param>
public sealed record EventPage(IReadOnlyList<InboxEvent> Data, string? NextCursor, long LastSequence);
