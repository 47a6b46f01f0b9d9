using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;

namespace InstaMessenger.CrmForwarder.Replays;

/// <summary>A replay as clients see it.</summary>
/// <param name="Id"><c>rpl_…</c></param>
/// <param name="State">
/// <c>running</c>, <c>done</c> (all was posted; what failed waits for its retry like everything else), or <c>cancelled</c>.
/// </param>
/// <param name="From">Where it begins, when a time says so (UTC).</param>
/// <param name="To">Events before this time (UTC); null for all up to when it was begun.</param>
/// <param name="AfterSequence">Where it begins, when a sequence says so.</param>
/// <param name="EventTypes">The only types that are posted; null for all that the endpoint takes.</param>
/// <param name="Position">The sequence up to which the log was read; null before the first page.</param>
/// <param name="UpToSequence">The last sequence of it; null before the first page.</param>
/// <param name="Percent">How much of the log was read, 0 to 100.</param>
/// <param name="Found">Events that are posted anew. One that waits for its post anyway is not among them.</param>
/// <param name="Delivered">How many of them the endpoint took.</param>
/// <param name="Failed">How many were given up.</param>
/// <param name="CreatedAt">When it was begun (UTC).</param>
/// <param name="FinishedAt">When it was over (UTC).</param>
internal sealed record ReplayView(
    string Id,
    string EndpointId,
    ReplayState State,
    DateTimeOffset? From,
    DateTimeOffset? To,
    long? AfterSequence,
    IReadOnlyList<string>? EventTypes,
    long? Position,
    long? UpToSequence,
    int Percent,
    int Found,
    int Delivered,
    int Failed,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt)
{
    public static ReplayView Of(EndpointReplay row) => new(
        row.Id,
        row.EndpointId,
        row.State,
        row.FromTime,
        row.ToTime,
        row.AfterSequence,
        EventFilter.Read(row.EventTypes),
        row.Position,
        row.UpToSequence,
        PercentOf(row),
        row.Found,
        row.Delivered,
        row.Failed,
        row.CreatedAt,
        row.FinishedAt);

    private static int PercentOf(EndpointReplay row) => row.IsRead ? 100
        : row is { BeganAt: { } first, Position: { } position, UpToSequence: { } last } && last > first
            ? (int)(100 * (position - first) / (last - first))
        : 0;
}
