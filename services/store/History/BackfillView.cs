using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.History;

/// <summary>An import as clients see it.</summary>
/// <param name="State">Whether it goes on.</param>
/// <param name="Found">Messages that Meta has shown so far.</param>
/// <param name="Imported">Those of them that were not here.</param>
/// <param name="StartedAt">When it began (UTC).</param>
/// <param name="FinishedAt">When it ended (UTC); null while it goes on.</param>
/// <param name="Error">Why it ended early, for people; null when it did not.</param>
internal sealed record BackfillView(
    BackfillState State, int Found, int Imported, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Error)
{
    /// <summary>Describes the last import; null when there was none.</summary>
    public static BackfillView? Of(AccountHistory? history) => history is { State: { } state, StartedAt: { } startedAt }
        ? new BackfillView(state, history.Found, history.Imported, startedAt, history.FinishedAt, history.Error)
        : null;
}

/// <summary><c>data</c> of <c>history.progress</c>.</summary>
internal sealed record BackfillEventData(BackfillView Backfill);
