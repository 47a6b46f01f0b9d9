using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstaMessenger.Sender.History;

/// <summary>
/// Threads of an account that are being read, and how far: the row is all there is to go on from, whichever process dies. It goes with the
/// last page.
/// </summary>
internal sealed class HistoryRun
{
    /// <summary>
    /// Meta allows two calls per second and account (meta-platform.md 4.1); the runs of an account and its read-backs share them.
    /// </summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(500);

    /// <summary>Threads in one call. Each brings up to 20 messages.</summary>
    private const int MostThreads = 10;

    public required AccountId AccountId { get; init; }

    public required HistoryPurpose Purpose { get; init; }

    /// <summary>Grows with each run of the account: what an earlier one read meanwhile counts no more.</summary>
    public long Run { get; private set; }

    public DateTimeOffset? Since { get; private set; }

    public DateTimeOffset Until { get; private set; }

    /// <summary>The account's own ids, separated by spaces.</summary>
    public string OwnIds { get; private set; } = "";

    public string Username { get; private set; } = "";

    /// <summary>Meta's cursor behind the last page that was recorded; null at the beginning.</summary>
    public string? After { get; private set; }

    /// <summary>Whether Meta refused the longer list of fields, so that the shorter one is asked for.</summary>
    public bool Plain { get; private set; }

    /// <summary>Messages that were found so far.</summary>
    public int Found { get; private set; }

    /// <summary>Calls that failed since the last page.</summary>
    public int Failures { get; private set; }

    /// <summary>Claims so far, each for at most one call. Only who made the last one records what came of it.</summary>
    public int Attempts { get; private set; }

    /// <summary>When the next claim may be made (UTC): while a call is under way, when its process counts as dead.</summary>
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Until when a call may be under way (UTC); null when none is.</summary>
    public DateTimeOffset? ClaimedUntil { get; private set; }

    public string? TraceParent { get; private set; }

    /// <summary>
    /// How many threads the next call asks for: fewer after failures, because Meta refuses an answer that grows too large.
    /// </summary>
    public int PageSize => Math.Max(1, MostThreads >> Failures);

    public void Begin(BusItem<ReadHistory> item, DateTimeOffset now)
    {
        var command = item.Body;
        (Run, Since, Until) = (command.Run, command.Since, command.Until);
        (OwnIds, Username, TraceParent) = (string.Join(' ', command.OwnIds), command.Username, item.TraceParent);
        (After, Found, Failures, DueAt, ClaimedUntil) = (null, 0, 0, now, null);
        // Whoever reads for the run before has another number than this.
        Attempts++;
    }

    public void Claim(DateTimeOffset until) => (Attempts, DueAt, ClaimedUntil) = (Attempts + 1, until, until);

    /// <summary>Notes that the claim's call is over.</summary>
    public void Release() => ClaimedUntil = null;

    /// <summary>Notes a page that was read, and where the next one begins.</summary>
    public void Advance(string after, int found, DateTimeOffset dueAt) =>
        (After, Found, Failures, DueAt) = (after, found, 0, dueAt);

    /// <summary>Notes a call that failed.</summary>
    public void Fail(DateTimeOffset dueAt) => (Failures, DueAt) = (Failures + 1, dueAt);

    /// <summary>Asks for fewer fields from here on.</summary>
    public void GoPlain(DateTimeOffset dueAt) => (Plain, DueAt) = (true, dueAt);

    /// <summary>Waits; no call failed.</summary>
    public void PutOff(DateTimeOffset dueAt) => DueAt = dueAt;

    /// <summary>Puts off the next page of an account of which a conversation was read just now.</summary>
    public static Task<int> YieldAsync(SenderDbContext db, AccountId account, DateTimeOffset now)
    {
        var next = now + Gap;
        return db.Set<HistoryRun>().Where(row => row.AccountId == account && row.ClaimedUntil == null && row.DueAt < next)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, next));
    }

    private sealed class Table : IEntityTypeConfiguration<HistoryRun>
    {
        public void Configure(EntityTypeBuilder<HistoryRun> entity)
        {
            entity.ToTable("history_runs");
            entity.HasKey(row => new { row.AccountId, row.Purpose });
            entity.Ignore(row => row.PageSize);
            entity.Property(row => row.Attempts).IsConcurrencyToken();
            entity.Property(row => row.OwnIds).HasMaxLength(400);
            entity.Property(row => row.Username).HasMaxLength(100);
            entity.Property(row => row.After).HasMaxLength(2000);
            entity.Property(row => row.TraceParent).HasMaxLength(100);
            entity.HasIndex(row => row.DueAt);
        }
    }
}
