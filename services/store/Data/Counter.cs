using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Store.Data;

/// <summary>
/// A named number that grows inside a transaction. An auto-increment is taken before the commit and lost on a rollback, so a cursor over it
/// skips rows; this one is gap-free and in commit order.
/// </summary>
internal sealed class Counter
{
    /// <summary>The last sequence of the event log.</summary>
    public const string Events = "events";

    /// <summary>The last sequence that the bus has confirmed.</summary>
    public const string Dispatched = "events_dispatched";

    /// <summary>The last event that is not kept any more.</summary>
    public const string Expired = "events_expired";

    /// <summary>The last event whose contact was looked at, for their profile.</summary>
    public const string Profiles = "profiles";

    /// <summary>The last event whose message or contact is in the search index.</summary>
    public const string Searched = "searched";

    /// <summary>The oldest message that is in the search index of those that were there before it; 0 when all are.</summary>
    public const string SearchedBack = "searched_back";

    public required string Name { get; init; }

    public long Value { get; private set; }

    /// <summary>Takes <paramref name="count"/> numbers and returns the first.</summary>
    public static async Task<long> TakeAsync(StoreDbContext db, string name, int count, CancellationToken cancellationToken)
    {
        var counter = db.Counters.Where(row => row.Name == name);
        await counter.ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, row => row.Value + count), cancellationToken);
        return await counter.Select(row => row.Value).SingleAsync(cancellationToken) - count + 1;
    }

    private sealed class Table : IEntityTypeConfiguration<Counter>
    {
        public void Configure(EntityTypeBuilder<Counter> entity)
        {
            entity.ToTable("counters");
            entity.HasKey(row => row.Name);
            entity.Property(row => row.Name).HasMaxLength(40);
            entity.HasData(
                new Counter { Name = Events },
                new Counter { Name = Dispatched },
                new Counter { Name = Expired },
                new Counter { Name = Profiles },
                new Counter { Name = Searched },
                new Counter { Name = SearchedBack });
        }
    }
}
