using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Jobs;

/// <summary>
/// Carries out jobs of many parts: one part in a transaction, then the next job has its turn. The job's row is locked while a part is done,
/// so any process may do the next one, and what a process that died had not committed is done again.
/// </summary>
/// <typeparam name="TContext">The service's database.</typeparam>
/// <typeparam name="TJob">The rows.</typeparam>
/// <param name="factory">Opens the database to look for what is due.</param>
/// <param name="unitOfWork">Does the parts.</param>
/// <param name="clock">Says what is due.</param>
/// <param name="logger">Logs a job that cannot go on.</param>
public abstract partial class JobWorker<TContext, TJob>(
    IDbContextFactory<TContext> factory, IUnitOfWork<TContext> unitOfWork, TimeProvider clock, ILogger logger)
    : RowWorker<string>(clock, logger)
    where TContext : ServiceDbContext
    where TJob : class, IJob
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    protected sealed override int RowsPerRound => 1;

    /// <summary>Adds the id as the last word of an order, and selects it.</summary>
    /// <param name="jobs">Jobs in the order in which they fell due.</param>
    /// <returns>Their ids.</returns>
    protected abstract IQueryable<string> Ids(IOrderedQueryable<TJob> jobs);

    /// <summary>Finds the row of a job.</summary>
    /// <param name="jobs">The table.</param>
    /// <param name="id">The job's id.</param>
    /// <returns>At most one row.</returns>
    protected abstract IQueryable<TJob> Of(IQueryable<TJob> jobs, string id);

    /// <summary>Does a part of a job. It is due again at once, behind the others, unless this says otherwise.</summary>
    /// <param name="job">The job, whose row is locked.</param>
    /// <param name="now">The time (UTC).</param>
    /// <returns>Completes once the part is done; the commit follows.</returns>
    protected abstract Task StepAsync(WorkScope<TContext> scope, TJob job, DateTimeOffset now);

    /// <inheritdoc/>
    protected sealed override async Task<IReadOnlyList<string>> FindAsync(
        IReadOnlyCollection<string> except, int limit, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.ReadableAsync(
            first => Ids(db.Set<TJob>().Where(job => job.DueAt <= now).OrderBy(job => job.DueAt)).Where(id => !except.Contains(id))
                .Take(first),
            limit,
            cancellationToken);
    }

    /// <inheritdoc/>
    protected sealed override async Task HandleAsync(IReadOnlyList<string> rows, CancellationToken cancellationToken)
    {
        foreach (var id in rows) await unitOfWork.ExecuteAsync(scope => HandleAsync(scope, id), cancellationToken);
    }

    /// <summary>Tries the job again and again, because whoever waits for it is told only that it is not done yet.</summary>
    /// <inheritdoc/>
    protected sealed override Task SetAsideAsync(string row, Exception error, CancellationToken cancellationToken)
    {
        LogStuck(_logger, error, Name, row);
        DateTimeOffset? until = _clock.GetUtcNow() + TryAgainAfter;
        return unitOfWork.ExecuteAsync(
            scope => Of(scope.Db.Set<TJob>(), row).ExecuteUpdateAsync(set => set.SetProperty(job => job.DueAt, until)), cancellationToken);
    }

    private async Task HandleAsync(WorkScope<TContext> scope, string id)
    {
        var now = _clock.GetUtcNow();
        // Another process may have done a part meanwhile, or the last one.
        var job = await Of(scope.Db.Set<TJob>().ForUpdate(), id).SingleOrDefaultAsync();
        if (job?.DueAt is not { } due || due > now) return;
        job.PutOff(now);
        await StepAsync(scope, job, now);
    }

    [LoggerMessage(
        EventName = "worker.job_stuck",
        Level = LogLevel.Error,
        Message = "{Worker}: job {Job} cannot go on; it is tried again in ten minutes")]
    private static partial void LogStuck(ILogger logger, Exception error, string worker, string job);
}
