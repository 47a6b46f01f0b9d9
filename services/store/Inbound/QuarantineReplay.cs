using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
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

    /// <summary>Records one row again, if an account claims it. A row that fails becomes a dead letter, and the error is thrown.</summary>
    /// <returns>Whether an account claimed it.</returns>
    public async Task<bool> ReplayAsync(long id, CancellationToken cancellationToken)
    {
        try
        {
            return await unitOfWork.ExecuteAsync(scope => ReplayAsync(scope, [id]), cancellationToken) == 1;
        }
        catch (Exception error) when (IsOfRow(error))
        {
            await SetAsideAsync(id, error, cancellationToken);
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReplayClaimedAsync(stoppingToken);
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

    /// <summary>One walk over what is claimed, in order; a row that stays is passed by.</summary>
    internal async Task ReplayClaimedAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        long last = 0;
        while (true)
        {
            var ids = await Claimed(db, last).Select(row => row.Id).Take(RowsPerUnit).ToListAsync(cancellationToken);
            if (ids.Count == 0) return;
            var replayed = await ReplayTogetherAsync(ids, cancellationToken);
            if (replayed > 0) LogReplayed(logger, replayed);
            last = ids[^1];
        }
    }

    private static IQueryable<QuarantinedWebhook> Claimed(StoreDbContext db, long after) => db.Set<QuarantinedWebhook>()
        .Where(row => row.Id > after && db.AccountIdentifiers.Any(identifier =>
            (identifier.ExternalId == row.ChannelId || identifier.ExternalId == row.BusinessId)
            && (row.ReservedFor == null || row.ReservedFor == identifier.AccountId)
            && db.Accounts.Any(account => account.Id == identifier.AccountId && account.UnlinkedAt == null)))
        .OrderBy(row => row.Id);

    /// <summary>All in one transaction; when one of them fails, each in its own, so that it fails alone.</summary>
    private async Task<int> ReplayTogetherAsync(List<long> ids, CancellationToken cancellationToken)
    {
        try
        {
            return await unitOfWork.ExecuteAsync(scope => ReplayAsync(scope, ids), cancellationToken);
        }
        catch (Exception error) when (IsOfRow(error))
        {
            var replayed = 0;
            foreach (var id in ids)
            {
                try
                {
                    if (await ReplayAsync(id, cancellationToken)) replayed++;
                }
                catch (Exception own) when (IsOfRow(own))
                {
                    LogSetAside(logger, own, id);
                }
            }

            return replayed;
        }
    }

    private async Task<int> ReplayAsync(WorkScope<StoreDbContext> scope, List<long> ids)
    {
        var rows = await scope.Db.Set<QuarantinedWebhook>().Where(row => ids.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync();
        var arrivals = rows.ConvertAll(row => (Row: row, Arrivals: MetaWebhook.Read(row.Body).Select(item => new Arrival(item, row.ReceivedAt, row.TraceParent)).ToList()));
        var routing = await AccountRouting.LoadAsync(scope.Db, [.. arrivals.SelectMany(pair => pair.Arrivals)], clock.GetUtcNow());
        var claimed = arrivals.FindAll(pair => pair.Arrivals.TrueForAll(arrival => IsClaimed(pair.Row, routing.Find(arrival.Item).Account)));
        if (claimed.Count == 0) return 0;
        scope.Db.Set<QuarantinedWebhook>().RemoveRange(claimed.Select(pair => pair.Row));
        await recorder.RecordAsync(scope, [.. claimed.SelectMany(pair => pair.Arrivals)]);
        return claimed.Count;
    }

    private static bool IsClaimed(QuarantinedWebhook row, Account? account) => account is not null && (row.ReservedFor is null || row.ReservedFor == account.Id);

    private Task SetAsideAsync(long id, Exception error, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            if (await scope.Db.Set<QuarantinedWebhook>().FindAsync([id], cancellationToken) is not { } row) return;
            scope.Db.Set<QuarantinedWebhook>().Remove(row);
            var item = new BusItem<WebhookReceived>($"quarantine.{row.Id}", row.TraceParent, new WebhookReceived(row.Body, row.ReceivedAt));
            scope.Db.Add(DeadLetter.Of(InboundSetup.Queue, item, error, clock));
        },
        cancellationToken);

    /// <summary>A database that is away is no fault of a row.</summary>
    private static bool IsOfRow(Exception error) => error is not DatabaseUnavailableException and not OperationCanceledException && !DatabaseErrors.IsUnavailable(error);

    [LoggerMessage(EventName = "quarantine.set_aside", Level = LogLevel.Error, Message = "Quarantined webhook {Id} could not be recorded and is a dead letter now; GET /api/v1/dead-letters/store lists it")]
    private static partial void LogSetAside(ILogger logger, Exception error, long id);

    [LoggerMessage(EventName = "quarantine.replayed", Level = LogLevel.Information, Message = "{Count} quarantined webhooks found their account")]
    private static partial void LogReplayed(ILogger logger, int count);

    [LoggerMessage(EventName = "quarantine.failed", Level = LogLevel.Warning, Message = "The replay of quarantined webhooks failed; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
