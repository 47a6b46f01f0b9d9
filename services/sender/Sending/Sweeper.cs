using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Looks every second for sends that the dispatcher will not touch any more, and settles them. One process at a time does so, by a lease.
/// It needs no fence: a row's state and attempt are its concurrency tokens, so a process that was frozen past its lease cannot settle late
/// what another has settled.
/// </summary>
internal abstract class Sweeper(
    string name,
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    Leases<SenderDbContext> leases,
    UnreadableRows unreadable,
    SendSignal signal,
    TimeProvider clock,
    ILogger logger) : RowWorker<long>(clock, logger)
{
    private readonly TimeProvider _clock = clock;

    public override string Name { get; } = "sender." + name;

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override ILease Lease { get; } = leases.Of("sender." + name);

    protected override int RowsPerRound => 500;

    /// <summary>Looks outside of a unit of work: nearly always there is nothing, and then nobody needs the writer.</summary>
    protected override async Task<IReadOnlyList<long>> FindAsync(
        IReadOnlyCollection<long> except, int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var due = Find(db, _clock.GetUtcNow()).Where(row => !except.Contains(row.Sequence));
        // In order only when there is something: a database that looks for the first in order may walk through the whole ledger.
        if (!await due.AnyAsync(cancellationToken)) return [];
        return await due.OrderBy(row => row.Sequence).Take(limit).Select(row => row.Sequence).ToListAsync(cancellationToken);
    }

    protected override Task HandleAsync(IReadOnlyList<long> rows, CancellationToken cancellationToken) => SettleAsync(
        (db, now) => Find(db, now).Where(row => rows.Contains(row.Sequence)), cancellationToken);

    protected override Task SetAsideAsync(long row, Exception error, CancellationToken cancellationToken) =>
        unreadable.RejectAsync(row, cancellationToken);

    /// <summary>The rows that are due.</summary>
    protected abstract IQueryable<LedgerEntry> Find(SenderDbContext db, DateTimeOffset now);

    protected abstract void Settle(WorkScope<SenderDbContext> scope, LedgerEntry row, DateTimeOffset now);

    /// <summary>Settles what <paramref name="find"/> finds, in one transaction.</summary>
    protected Task SettleAsync(Func<SenderDbContext, DateTimeOffset, IQueryable<LedgerEntry>> find, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
        async scope =>
        {
            var now = _clock.GetUtcNow();
            foreach (var row in await find(scope.Db, now).OrderBy(row => row.Sequence).ToListAsync()) Settle(scope, row, now);
            scope.AfterCommit(signal.Wake);
        },
        cancellationToken);
}
