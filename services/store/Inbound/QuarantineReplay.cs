using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Records quarantined webhooks once an account claims them. It is woken by a link, and runs at start for a link that was followed by a
/// crash.
/// </summary>
internal sealed partial class QuarantineReplay(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    InboundRecorder recorder,
    QuarantineSignal signal,
    TimeProvider clock,
    ILogger<QuarantineReplay> logger) : RowWorker<long>(clock, logger)
{
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    /// <summary>Rows of this walk that no account claims after all, so that they stay.</summary>
    private readonly HashSet<long> _staying = [];

    public override string Name => "store.quarantine-replay";

    /// <summary>Looks without a wake-up too, because another process may have linked the account.</summary>
    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override WakeSignal Signal => signal;

    /// <summary>Records one row again, if an account claims it. A row that fails becomes a dead letter, and the error is thrown.</summary>
    /// <returns>Whether an account claimed it.</returns>
    public async Task<bool> ReplayAsync(long id, AuditTrail? audit, CancellationToken cancellationToken)
    {
        try
        {
            return await unitOfWork.ExecuteAsync(
                async scope =>
                {
                    var isClaimed = (await ReplayAsync(scope, [id])).Count == 1;
                    if (isClaimed) audit?.Record(scope, $"{id}");
                    return isClaimed;
                },
                cancellationToken);
        }
        // The row is not to blame for a database that is away.
        catch (Exception error) when (error is not OperationCanceledException && !DatabaseErrors.IsUnavailable(error))
        {
            await SetAsideAsync(id, error, cancellationToken);
            throw;
        }
    }

    /// <summary>Walks once over the rows that are claimed, in order; a row that stays is passed by until the next walk.</summary>
    protected override async Task<IReadOnlyList<long>> FindAsync(
        IReadOnlyCollection<long> except, int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var found = new List<long>();
        List<long> page;
        var last = 0L;
        do
        {
            page = await Claimed(db, last).Select(row => row.Id).Take(limit).ToListAsync(cancellationToken);
            found.AddRange(page.Where(id => !except.Contains(id) && !_staying.Contains(id)));
            last = page.LastOrDefault();
        }
        while (page.Count == limit && found.Count < limit);
        if (found.Count == 0) _staying.Clear();
        return found.Count > limit ? found[..limit] : found;
    }

    /// <inheritdoc/>
    protected override async Task HandleAsync(IReadOnlyList<long> rows, CancellationToken cancellationToken)
    {
        var replayed = await unitOfWork.ExecuteAsync(scope => ReplayAsync(scope, rows), cancellationToken);
        _staying.UnionWith(rows.Except(replayed));
        if (replayed.Count > 0) LogReplayed(_logger, replayed.Count);
    }

    /// <summary>Makes the row a dead letter of the queue that it came by.</summary>
    protected override Task SetAsideAsync(long row, Exception error, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            if (await scope.Db.FindAsync<QuarantinedWebhook>([row], cancellationToken) is not { } webhook) return;
            scope.Db.Remove(webhook);
            var item = new BusItem<WebhookReceived>(
                $"quarantine.{webhook.Id}", webhook.TraceParent, new WebhookReceived(webhook.Body, webhook.ReceivedAt));
            scope.Db.Add(DeadLetter.Of(InboundSetup.Queue, item, error, _clock));
        },
        cancellationToken);

    private static IQueryable<QuarantinedWebhook> Claimed(StoreDbContext db, long after) => db.Set<QuarantinedWebhook>()
        .Where(row => row.Id > after && db.AccountIdentifiers.Any(identifier =>
            (identifier.ExternalId == row.ChannelId || identifier.ExternalId == row.BusinessId
                || identifier.ExternalId == row.UnsaidBusinessId)
            && (row.ReservedFor == null || row.ReservedFor == identifier.AccountId)
            && db.Accounts.Any(account => account.Id == identifier.AccountId && account.UnlinkedAt == null)))
        .OrderBy(row => row.Id);

    /// <summary>
    /// Records what an account claims, and returns those rows. The rows are locked: another process that found them too waits, and then
    /// finds them gone.
    /// </summary>
    private async Task<IReadOnlyList<long>> ReplayAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<long> ids)
    {
        var rows = await scope.Db.Set<QuarantinedWebhook>().ForUpdate().Where(row => ids.Contains(row.Id)).OrderBy(row => row.Id)
            .ToListAsync();
        var arrivals = rows.ConvertAll(
            row => (
                Row: row,
                Arrivals: MetaWebhook.Read(row.Body).Select(item => new Arrival(item, row.ReceivedAt, row.TraceParent)).ToList()));
        var routing = await AccountRouting.LoadAsync(scope.Db, [.. arrivals.SelectMany(pair => pair.Arrivals)], _clock.GetUtcNow());
        var claimed = arrivals.FindAll(
            pair => pair.Arrivals.TrueForAll(arrival => IsClaimed(pair.Row, routing.Find(arrival.Item).Account)));
        if (claimed.Count == 0) return [];
        scope.Db.Set<QuarantinedWebhook>().RemoveRange(claimed.Select(pair => pair.Row));
        await recorder.RecordAsync(scope, [.. claimed.SelectMany(pair => pair.Arrivals)]);
        return claimed.ConvertAll(pair => pair.Row.Id);
    }

    private static bool IsClaimed(QuarantinedWebhook row, Account? account) =>
        account is not null && (row.ReservedFor is null || row.ReservedFor == account.Id);

    [LoggerMessage(
        EventName = "quarantine.replayed", Level = LogLevel.Information, Message = "{Count} quarantined webhooks found their account")]
    private static partial void LogReplayed(ILogger logger, int count);
}
