using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Records quarantined webhooks once an account claims them: woken by a link, and run at start for a link that was followed by a crash.
/// </summary>
internal sealed partial class QuarantineReplay(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    InboundRecorder recorder,
    QuarantineSignal signal,
    TimeProvider clock,
    ILogger<QuarantineReplay> logger) : BackgroundService
{
    private const int RowsPerUnit = 100;

    /// <summary>Another replica may have linked the account.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    /// <summary>Records one row again, whoever claims it. Says whether an account did.</summary>
    public async Task<bool> ReplayAsync(long id, CancellationToken cancellationToken) =>
        await unitOfWork.ExecuteAsync(scope => ReplayAsync(scope, [id]), cancellationToken) == 1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await ReplayClaimedAsync(stoppingToken))
                {
                }

                await signal.SleepAsync(LookEvery, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(5), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> ReplayClaimedAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var ids = await db.Quarantine
            .Where(row => db.AccountIdentifiers.Any(identifier => identifier.ExternalId == row.ChannelId || identifier.ExternalId == row.BusinessId))
            .OrderBy(row => row.Id).Take(RowsPerUnit).Select(row => row.Id).ToListAsync(cancellationToken);
        if (ids.Count == 0) return false;
        var replayed = await unitOfWork.ExecuteAsync(scope => ReplayAsync(scope, ids), cancellationToken);
        LogReplayed(logger, replayed);
        return replayed > 0;
    }

    private async Task<int> ReplayAsync(WorkScope<StoreDbContext> scope, List<long> ids)
    {
        var rows = await scope.Db.Quarantine.Where(row => ids.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync();
        var arrivals = rows.ConvertAll(row => (Row: row, Arrivals: MetaWebhook.Read(row.Body).Select(item => new Arrival(item, row.ReceivedAt, row.TraceParent)).ToList()));
        var routing = await AccountRouting.LoadAsync(scope.Db, [.. arrivals.SelectMany(pair => pair.Arrivals)], clock.GetUtcNow());
        var claimed = arrivals.Where(pair => pair.Arrivals.TrueForAll(arrival => routing.Find(arrival.Item) is not null)).ToList();
        if (claimed.Count == 0) return 0;
        scope.Db.Quarantine.RemoveRange(claimed.Select(pair => pair.Row));
        await recorder.RecordAsync(scope, [.. claimed.SelectMany(pair => pair.Arrivals)]);
        return claimed.Count;
    }

    [LoggerMessage(EventName = "quarantine.replayed", Level = LogLevel.Information, Message = "{Count} quarantined webhooks found their account")]
    private static partial void LogReplayed(ILogger logger, int count);

    [LoggerMessage(EventName = "quarantine.failed", Level = LogLevel.Warning, Message = "The replay of quarantined webhooks failed; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
