using InstaMessenger.Hosting.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>
/// A part of the event log that is posted to an endpoint anew. The store reads it page by page; a page is asked for once most of the one
/// before was posted.
/// </summary>
internal sealed class EndpointReplay : IJob
{
    /// <summary>A page that does not come is asked for again.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(15);

    /// <summary><c>rpl_…</c></summary>
    public required string Id { get; init; }

    public required string EndpointId { get; init; }

    /// <summary>Events of this time and later ones (UTC); null when a sequence says where it begins.</summary>
    public DateTimeOffset? FromTime { get; init; }

    /// <summary>Events before this time (UTC); null for all up to the moment at which it was begun.</summary>
    public DateTimeOffset? ToTime { get; init; }

    /// <summary>Events behind this sequence; null when a time says where it begins.</summary>
    public long? AfterSequence { get; init; }

    /// <summary>The types that are posted, separated by spaces; null for all that the endpoint takes.</summary>
    public string? EventTypes { get; init; }

    public ReplayState State { get; private set; } = ReplayState.Running;

    /// <summary>The page that comes next, from 1.</summary>
    public int Page { get; private set; } = 1;

    /// <summary>The sequence up to which the log was read; null before its first page.</summary>
    public long? Position { get; private set; }

    /// <summary>The end of the log when it was begun: what comes later is posted as it comes. Null before its first page.</summary>
    public long? UpToSequence { get; private set; }

    /// <summary>The sequence behind which the first page began.</summary>
    public long? BeganAt { get; private set; }

    public bool IsRead { get; private set; }

    /// <summary>Until when the page that was asked for is waited for (UTC); null when none is.</summary>
    public DateTimeOffset? AskedUntil { get; private set; }

    /// <summary>Events that are posted anew.</summary>
    public int Found { get; private set; }

    /// <summary>How many of them the endpoint took.</summary>
    public int Delivered { get; private set; }

    /// <summary>How many were given up.</summary>
    public int Failed { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>When the next look at it is due (UTC); null once it is over.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    public static EndpointReplay Of(
        string endpointId, DateTimeOffset? from, DateTimeOffset? to, long? after, string? types, DateTimeOffset now) => new()
    {
        Id = "rpl_" + Guid.CreateVersion7(now).ToString("n"),
        EndpointId = endpointId,
        FromTime = from,
        ToTime = to,
        AfterSequence = after,
        EventTypes = types,
        CreatedAt = now,
        DueAt = now,
    };

    public void PutOff(DateTimeOffset until) => DueAt = until;

    /// <summary>Whether it is the same part of the log.</summary>
    public bool IsSame(DateTimeOffset? from, DateTimeOffset? to, long? after, string? types) =>
        (FromTime, ToTime, AfterSequence, EventTypes) == (from, to, after, types);

    /// <summary>Waits for the page that is asked for now.</summary>
    public void Ask(DateTimeOffset now) => (AskedUntil, DueAt) = (now + AskAgainAfter, now + AskAgainAfter);

    /// <summary>Whether the page that was asked for may still come.</summary>
    public bool Awaits(DateTimeOffset now) => AskedUntil > now;

    /// <summary>Notes that a page came.</summary>
    /// <param name="found">How many of its events are posted anew.</param>
    /// <param name="beganAt">The sequence behind which the page began.</param>
    /// <param name="position">The sequence up to which the log was read.</param>
    /// <param name="upTo">The end of what is read.</param>
    /// <param name="now">The time (UTC).</param>
    public void Take(int found, long beganAt, long position, long upTo, DateTimeOffset now)
    {
        BeganAt ??= beganAt;
        (Found, Position, UpToSequence, IsRead) = (Found + found, position, upTo, position >= upTo);
        (Page, AskedUntil, DueAt) = (Page + 1, null, now);
    }

    /// <summary>Ends it; what its rows say is not changed any more but by what is still posted.</summary>
    public void End(ReplayState state, DateTimeOffset now) => (State, FinishedAt, AskedUntil, DueAt) = (state, now, null, null);

    /// <summary>Counts what became of deliveries, and has the job look at once whether there is room for more.</summary>
    public static Task CountAsync(CrmForwarderDbContext db, string id, int delivered, int dead, DateTimeOffset now) => db.Replays
        .Where(row => row.Id == id)
        .ExecuteUpdateAsync(set => set
            .SetProperty(row => row.Delivered, row => row.Delivered + delivered)
            .SetProperty(row => row.Failed, row => row.Failed + dead)
            .SetProperty(row => row.DueAt, row => row.State == ReplayState.Running ? now : row.DueAt));

    private sealed class Table : IEntityTypeConfiguration<EndpointReplay>
    {
        public void Configure(EntityTypeBuilder<EndpointReplay> entity)
        {
            entity.ToTable("replays");
            entity.HasKey(row => row.Id);
            entity.Property(row => row.Id).HasMaxLength(40);
            entity.Property(row => row.EndpointId).HasMaxLength(40);
            entity.Property(row => row.EventTypes).HasMaxLength(2000);
            entity.HasIndex(row => row.DueAt);
            entity.HasIndex(row => new { row.EndpointId, row.Id });
        }
    }
}

/// <summary>How a replay stands.</summary>
internal enum ReplayState
{
    Running,

    /// <summary>All was posted, or waits for its retry like everything that failed.</summary>
    Done,

    /// <summary>Somebody ended it, or its endpoint is gone.</summary>
    Cancelled,
}
