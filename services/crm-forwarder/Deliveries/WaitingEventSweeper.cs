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
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

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

    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var accounts = await db.WaitingEvents
            .Join(db.Accounts, waiting => waiting.AccountId, account => account.AccountId, (waiting, account) => new { waiting, account })
            .Where(pair => pair.account.Version >= pair.waiting.AccountVersion)
            .Select(pair => pair.account.AccountId).Distinct().OrderBy(id => id).Take(100).ToListAsync(cancellationToken);
        if (accounts.Count == 0) return;
        await unitOfWork.ExecuteAsync(async scope => await intake.ReleaseAsync(scope, await EventIntake.StandingOfAsync(scope.Db, accounts)), cancellationToken);
    }

    [LoggerMessage(EventName = "waiting_events.sweep_failed", Level = LogLevel.Warning, Message = "Waiting events could not be looked at; trying again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
