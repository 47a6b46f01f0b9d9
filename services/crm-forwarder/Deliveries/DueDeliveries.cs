using InstaMessenger.CrmForwarder.Claims;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>Reads what is due.</summary>
internal sealed partial class DueDeliveries(
    IDbContextFactory<CrmForwarderDbContext> factory,
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    ProcessLease lease,
    EndpointSecrets secrets,
    TimeProvider clock,
    ILogger<DueDeliveries> logger)
{
    /// <summary>The next deliveries of an endpoint.</summary>
    /// <param name="claim">The claim under which the endpoint is this process's.</param>
    /// <param name="known">Rows that the worker has already.</param>
    /// <param name="size">How many rows, at most.</param>
    /// <param name="replays">Whether to look for what is posted anew, when there is not enough else.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>One page.</returns>
    public async Task<LanePage> ReadAsync(
        string endpointId, string claim, List<long> known, int size, bool replays, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var endpoint = await db.Endpoints.SingleOrDefaultAsync(row => row.Id == endpointId, cancellationToken);
        if (endpoint is not { State: EndpointState.Active, Url: { } url }) return LanePage.None;
        var now = clock.GetUtcNow();
        var ofEndpoint = db.Deliveries.Where(row => row.EndpointId == endpointId);
        IQueryable<Delivery> PageOf(DeliveryState state, int most)
        {
            var all = ofEndpoint.Where(row => row.State == state);
            var due = all.Where(row => row.DueAt <= now && !known.Contains(row.Id));
            return (endpoint.Ordered ? InOrder(due, all, now) : due.OrderBy(row => row.DueAt).ThenBy(row => row.Id)).Take(most);
        }

        var target = new DeliveryTarget(
            endpointId, url, secrets.ForPosts(endpoint), await TenantAsync(db, endpoint, cancellationToken), endpoint.Proven, claim)
        {
            Owner = endpoint.OwnerId,
            ChangedAt = endpoint.ChangedAt,
            FailingSince = endpoint.FailingSince,
            Ordered = endpoint.Ordered,
            MaxPerSecond = endpoint.MaxPerSecond,
        };
        var (rows, found) = await ReadableAsync(db, PageOf(DeliveryState.Pending, size), cancellationToken);
        if (found == size || !replays) return new LanePage(target, rows, Full: found == size) { MayReplay = replays };
        // Behind what happens now, in the places that it leaves.
        var (replayed, more) = await ReadableAsync(db, PageOf(DeliveryState.Replaying, size - found), cancellationToken);
        return new LanePage(target, [.. rows, .. replayed], Full: found + more == size) { MayReplay = found + more == size };
    }

    /// <summary>
    /// Returns the active endpoints with something pending, without those of other processes, and when the first of it is due.
    /// </summary>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The endpoints; the query probes the index twice for each active one.</returns>
    public async Task<List<NextDue>> NextAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var endpoints = db.Endpoints.Where(endpoint => endpoint.State == EndpointState.Active);
        if (lease.IsShared)
        {
            var others = db.Claims.Where(claim => claim.Owner != lease.Id && db.Processes.Any(process => process.Id == claim.Owner));
            endpoints = endpoints.Where(endpoint => !others.Any(claim => claim.EndpointId == endpoint.Id));
        }

        var waiting = endpoints
            .Select(endpoint => new
            {
                endpoint.Id,
                endpoint.ChangedAt,
                Due = db.Deliveries.Where(row => row.EndpointId == endpoint.Id && row.State == DeliveryState.Pending)
                    .Min(row => (DateTimeOffset?)row.DueAt),
                Anew = db.Deliveries.Where(row => row.EndpointId == endpoint.Id && row.State == DeliveryState.Replaying)
                    .Min(row => (DateTimeOffset?)row.DueAt),
            })
            .Where(row => row.Due != null || row.Anew != null)
            .OrderBy(row => row.Id);
        // Otherwise a time out of range would keep all endpoints from being found.
        var rows = await db.ReadableAsync(waiting, cancellationToken);
        return [.. rows.Select(row => new NextDue(row.Id, row.ChangedAt, row.Due, row.Anew))];
    }

    /// <summary>
    /// In the order in which the events came, without conversations of which one waits for its retry: what is behind it waits too.
    /// </summary>
    private static IOrderedQueryable<Delivery> InOrder(IQueryable<Delivery> due, IQueryable<Delivery> pending, DateTimeOffset now)
    {
        var waiting = pending.Where(row => row.DueAt > now && row.ConversationId != null).Select(row => row.ConversationId);
        return due.Where(row => row.ConversationId == null || !waiting.Contains(row.ConversationId)).OrderBy(row => row.Id);
    }

    /// <summary>Endpoints of an account share its places; one of all accounts has its own.</summary>
    private static async Task<string> TenantAsync(CrmForwarderDbContext db, WebhookEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.AccountId is { } account) return account.Value;
        if (endpoint.AllAccounts) return endpoint.Id;
        var accounts = db.EndpointAccounts.Where(row => row.EndpointId == endpoint.Id).Select(row => row.AccountId).OrderBy(id => id);
        return await db.ReadableAsync(accounts.Take, 1, cancellationToken) is [var first] ? first.Value : endpoint.Id;
    }

    private static IQueryable<DueDelivery> RowsOf(IQueryable<Delivery> deliveries) => deliveries
        .Select(row => new DueDelivery(
            row.Id, row.EventId, row.ConversationId, row.Body, row.TraceParent, row.Attempts, row.Failures, row.CreatedAt)
        {
            ReplayId = row.ReplayId,
            IsReplay = row.State == DeliveryState.Replaying,
        });

    /// <summary>Reads a page, and how many rows it has with those that cannot be read.</summary>
    private async Task<(List<DueDelivery> Rows, int Found)> ReadableAsync(
        CrmForwarderDbContext db, IQueryable<Delivery> page, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await RowsOf(page).ToListAsync(cancellationToken);
            return (rows, rows.Count);
        }
        catch (Exception error) when (DatabaseErrors.IsUnreadable(error))
        {
            var ids = await page.Select(row => row.Id).ToListAsync(cancellationToken);
            return (await OneByOneAsync(db, ids, cancellationToken), ids.Count);
        }
    }

    /// <summary>
    /// Reads a page that cannot be read as a whole. The row that cannot be read is set aside, so that those behind it go.
    /// </summary>
    private async Task<List<DueDelivery>> OneByOneAsync(CrmForwarderDbContext db, List<long> ids, CancellationToken cancellationToken)
    {
        var rows = new List<DueDelivery>();
        foreach (var id in ids)
        {
            try
            {
                rows.Add(await RowsOf(db.Deliveries.Where(row => row.Id == id)).SingleAsync(cancellationToken));
            }
            catch (Exception error) when (DatabaseErrors.IsUnreadable(error))
            {
                LogUnreadable(logger, error, id);
                await unitOfWork.ExecuteAsync(scope => Conclusions.SetAsideAsync(scope.Db, id, "unreadable"), cancellationToken);
            }
        }

        return rows;
    }

    [LoggerMessage(EventName = "delivery.unreadable", Level = LogLevel.Error, Message = "Delivery {Id} cannot be read and was set aside")]
    private static partial void LogUnreadable(ILogger logger, Exception error, long id);
}

/// <summary>When the next delivery of an endpoint is due.</summary>
/// <param name="ChangedAt">When it was changed last (UTC).</param>
/// <param name="Due">Of what has just happened, or waits for its retry (UTC); null when there is none.</param>
/// <param name="Anew">Of what is posted anew (UTC); null when there is none.</param>
internal sealed record NextDue(string EndpointId, DateTimeOffset ChangedAt, DateTimeOffset? Due, DateTimeOffset? Anew);
