using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Jobs;
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
    ILogger<ErasureWorker> logger) : JobWorker<StoreDbContext, Erasure>(factory, unitOfWork, clock, logger)
{
    /// <summary>Longer than a unit can take that ran beside the request and did not see it.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(10);

    private readonly ILogger _logger = logger;

    public override string Name => "store.erasures";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override WakeSignal Signal => signal;

    protected override IQueryable<string> Ids(IOrderedQueryable<Erasure> jobs) => jobs.ThenBy(row => row.Id).Select(row => row.Id);

    protected override IQueryable<Erasure> Of(IQueryable<Erasure> jobs, string id) => jobs.Where(row => row.Id == id);

    protected override async Task StepAsync(WorkScope<StoreDbContext> scope, Erasure job, DateTimeOffset now)
    {
        var (db, erasure) = (scope.Db, job);
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
}
