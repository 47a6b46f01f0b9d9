using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Releases events that wait although their account is known. On MySQL an event and the news of its account can be handled at the same
/// moment without seeing each other; without the sweep that event would wait for ever.
/// </summary>
internal sealed partial class WaitingEventSweeper(
    IDbContextFactory<CrmForwarderDbContext> factory,
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    EventIntake intake,
    TimeProvider clock,
    ILogger<WaitingEventSweeper> logger) : BackgroundService
{
    private const int RottenAfter = 3;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly Dictionary<long, int> _failures = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, clock, stoppingToken);
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, error);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var accounts = await db.WaitingEvents
            .Join(db.Accounts, waiting => waiting.AccountId, account => account.AccountId, (waiting, account) => new { waiting, account })
            .Where(pair => pair.account.Version >= pair.waiting.AccountVersion)
            .Select(pair => pair.account.AccountId).Distinct().OrderBy(id => id).Take(100).ToListAsync(cancellationToken);
        foreach (var account in accounts)
        {
            try
            {
                await ReleaseAsync(account, null, cancellationToken);
            }
            catch (Exception error) when (!DatabaseErrors.IsUnavailable(error) && !cancellationToken.IsCancellationRequested)
            {
                LogFailed(logger, error);
                await ReleaseOneByOneAsync(db, account, cancellationToken);
            }
        }
    }

    private async Task ReleaseOneByOneAsync(CrmForwarderDbContext db, AccountId account, CancellationToken cancellationToken)
    {
        foreach (var sequence in await db.WaitingEvents.Where(row => row.AccountId == account).OrderBy(row => row.Sequence).Select(row => row.Sequence).ToListAsync(cancellationToken))
        {
            try
            {
                await ReleaseAsync(account, sequence, cancellationToken);
            }
            catch (Exception error) when (!DatabaseErrors.IsUnavailable(error) && !cancellationToken.IsCancellationRequested)
            {
                await SuspectAsync(sequence, error, cancellationToken);
            }
        }
    }

    /// <summary>Sets it aside when it fails alone again and again, ten seconds apart, while the database takes other work.</summary>
    private async Task SuspectAsync(long sequence, Exception error, CancellationToken cancellationToken)
    {
        await unitOfWork.ExecuteAsync(_ => Task.CompletedTask, cancellationToken);
        var failures = _failures[sequence] = _failures.GetValueOrDefault(sequence) + 1;
        if (failures < RottenAfter) return;
        LogSetAside(logger, error, sequence);
        await unitOfWork.ExecuteAsync(scope => EventIntake.SetAsideAsync(scope.Db, sequence), cancellationToken);
        _failures.Remove(sequence);
    }

    private Task ReleaseAsync(AccountId account, long? only, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope => await intake.ReleaseAsync(scope, await EventIntake.StandingOfAsync(scope.Db, [account]), only), cancellationToken);

    [LoggerMessage(EventName = "waiting_event.set_aside", Level = LogLevel.Error, Message = "The waiting event with the sequence {Sequence} can never be released and was set aside")]
    private static partial void LogSetAside(ILogger logger, Exception error, long sequence);

    [LoggerMessage(EventName = "waiting_events.sweep_failed", Level = LogLevel.Warning, Message = "Waiting events could not be looked at; trying again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
