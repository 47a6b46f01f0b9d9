using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>
/// Carries erasures out, a part in each transaction. The row is locked while a part is done, so any process may do the next one, and what a
/// process that died had not committed is done again.
/// </summary>
internal sealed partial class ErasureWorker(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    ErasedThreads threads,
    ErasureSignal signal,
    TimeProvider clock,
    ILogger<ErasureWorker> logger) : RowWorker<string>(clock, logger)
{
    /// <summary>Longer than a unit can take that ran beside the request and did not see it.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name => "store.erasures";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override WakeSignal Signal => signal;

    /// <summary>One part, then the next erasure has its turn.</summary>
    protected override int RowsPerRound => 1;

    protected override async Task<IReadOnlyList<string>> FindAsync(
        IReadOnlyCollection<string> except, int limit, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.ReadableAsync(
            first => db.Set<Erasure>().Where(row => row.DueAt <= now && !except.Contains(row.Id)).OrderBy(row => row.DueAt)
                .ThenBy(row => row.Id).Select(row => row.Id).Take(first),
            limit,
            cancellationToken);
    }

    protected override async Task HandleAsync(IReadOnlyList<string> rows, CancellationToken cancellationToken)
    {
        foreach (var id in rows) await unitOfWork.ExecuteAsync(scope => StepAsync(scope, id), cancellationToken);
    }

    /// <summary>What cannot be erased now is tried again and again: the report says that it is not done.</summary>
    protected override Task SetAsideAsync(string row, Exception error, CancellationToken cancellationToken)
    {
        LogStuck(_logger, error, row);
        var until = _clock.GetUtcNow() + TryAgainAfter;
        return unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<Erasure>().Where(kept => kept.Id == row)
                .ExecuteUpdateAsync(set => set.SetProperty(kept => kept.DueAt, until)),
            cancellationToken);
    }

    private async Task StepAsync(WorkScope<StoreDbContext> scope, string id)
    {
        var (db, now) = (scope.Db, _clock.GetUtcNow());
        var erasure = await db.Set<Erasure>().ForUpdate().SingleOrDefaultAsync(row => row.Id == id);
        if (erasure is null || erasure.DueAt is null || erasure.DueAt > now) return;
        // Behind the others that are due.
        erasure.PutOff(now);
        switch (erasure.Step)
        {
            case ErasureStep.Threads:
                if (await threads.EraseSomeAsync(scope, erasure, again: false)) break;
                erasure.ThreadsGone(await ErasureStart.LastSequenceAsync(db));
                ErasureStart.Tell(scope, erasure, round: 2, erasure.UpToSequence);
                break;
            case ErasureStep.Rest:
                if (!await ErasedRest.EraseSomeAsync(db, erasure)) erasure.Go(ErasureStep.Events);
                break;
            case ErasureStep.Events:
                if (!await ErasedEvents.EraseSomeAsync(db, erasure)) erasure.Go(ErasureStep.Letters);
                break;
            case ErasureStep.Letters:
                if (!await ErasedLetters.EraseSomeAsync(db, erasure)) erasure.Go(ErasureStep.Others);
                break;
            case ErasureStep.Others:
                erasure.Wait(now, LookAgainAfter);
                if (erasure.FinishedAt is not null) scope.AfterCommit(() => LogErased(_logger, erasure.Id, erasure.AccountId.Value));
                break;
            case ErasureStep.LookAgain:
                if (!await threads.EraseSomeAsync(scope, erasure, again: true)) erasure.End();
                break;
            default:
                erasure.End();
                break;
        }
    }

    [LoggerMessage(EventName = "erasure.done", Level = LogLevel.Information, Message = "Erasure {ErasureId} of {AccountId} is done")]
    private static partial void LogErased(ILogger logger, string erasureId, string accountId);

    [LoggerMessage(
        EventName = "erasure.stuck",
        Level = LogLevel.Error,
        Message = "Erasure {ErasureId} cannot go on; it is tried again in ten minutes")]
    private static partial void LogStuck(ILogger logger, Exception error, string erasureId);
}
