using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.History;

/// <summary>
/// Begins the sweeps that are due. Each account has a time of its own, somewhere in the interval, so all of them spread; after a standstill
/// they are begun at a pace that lets the first ones end.
/// </summary>
internal sealed partial class GapSweeps(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    HistoryRuns runs,
    TimeProvider clock,
    ILogger<GapSweeps> logger) : Worker
{
    /// <summary>Sweeps that one round begins: with a round in five seconds 12,000 accounts have their turn within an hour.</summary>
    public const int MostOfRound = 17;

    /// <summary>Accounts that were linked before there were sweeps, taken in by one round.</summary>
    private const int MostAdded = 500;

    public override string Name => "store.gap-sweeps";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override ILease Lease { get; } = leases.Of("store.gap-sweeps");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var unknown = await db.ReadableAsync(
            first => db.Accounts.Where(account => account.UnlinkedAt == null
                    && !db.Set<AccountHistory>().Any(row => row.AccountId == account.Id))
                .OrderBy(account => account.Id).Select(account => account.Id).Take(first),
            MostAdded,
            cancellationToken);
        var due = await db.ReadableAsync(
            first => db.Set<AccountHistory>().Where(row => row.SweepAt <= now).OrderBy(row => row.SweepAt).ThenBy(row => row.AccountId)
                .Select(row => row.AccountId).Take(first),
            MostOfRound,
            cancellationToken);
        if (unknown.Count + due.Count == 0) return NextRound.WhenWoken;
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                await scope.FenceAsync(Lease);
                await AddAsync(scope.Db, unknown, now);
            },
            cancellationToken);
        foreach (var account in due) await SweepAsync(account, cancellationToken);
        return NextRound.WhenWoken;
    }

    private async Task AddAsync(StoreDbContext db, IReadOnlyList<AccountId> accounts, DateTimeOffset now)
    {
        var known = await db.Set<AccountHistory>().Where(row => accounts.Contains(row.AccountId)).Select(row => row.AccountId)
            .ToListAsync();
        foreach (var account in accounts.Except(known)) runs.Add(db, account, now);
    }

    /// <summary>One account is a unit of its own, so that a rotten row keeps no other from its turn.</summary>
    private async Task SweepAsync(AccountId id, CancellationToken cancellationToken)
    {
        try
        {
            await unitOfWork.ExecuteAsync(
                async scope =>
                {
                    await scope.FenceAsync(Lease);
                    var now = clock.GetUtcNow();
                    var account = await scope.Db.Accounts.SingleOrDefaultAsync(row => row.Id == id);
                    var history = await scope.Db.Set<AccountHistory>().ForUpdate().SingleOrDefaultAsync(row => row.AccountId == id);
                    if (history is null || history.SweepAt > now) return;
                    if (account is { UnlinkedAt: null }) runs.Sweep(scope, account, history, now);
                    else history.SweepAt = DateTimeOffset.MaxValue;
                },
                cancellationToken);
        }
        catch (Exception error) when (error is not LeaseLostException && !DatabaseErrors.IsUnavailable(error)
            && !cancellationToken.IsCancellationRequested)
        {
            var next = runs.NextSweep(clock.GetUtcNow());
            await PutOffAsync(id, next, cancellationToken);
            LogFailed(logger, error, id, next);
        }
    }

    /// <summary>
    /// Gives a rotten row its next turn by a statement, which reads nothing of it: due first for ever, enough of them would be all that a
    /// round takes.
    /// </summary>
    private Task PutOffAsync(AccountId id, DateTimeOffset next, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            await scope.FenceAsync(Lease);
            await scope.Db.Set<AccountHistory>().Where(row => row.AccountId == id)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.SweepAt, next));
        },
        cancellationToken);

    [LoggerMessage(
        EventName = "history.sweep_failed",
        Level = LogLevel.Error,
        Message = "The sweep of {AccountId} could not begin; its next turn is at {Next}")]
    private static partial void LogFailed(ILogger logger, Exception error, AccountId accountId, DateTimeOffset next);
}
