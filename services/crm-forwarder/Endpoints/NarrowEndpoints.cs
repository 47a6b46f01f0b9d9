using System.Linq.Expressions;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>
/// Takes from endpoints the accounts that their owner does not see any more, with the deliveries that wait for them. An endpoint of all
/// accounts whose owner sees only some now becomes one of those. An owner who sees none now may see some again, because they were
/// deactivated or are about to be given others: their endpoints pause until then. An endpoint that was changed since the question was asked
/// is left to the next answer, because its owner may just have been given what it takes now.
/// </summary>
internal sealed partial class NarrowEndpoints(DeliveryMailbox mailbox, TimeProvider clock, ILogger<NarrowEndpoints> logger)
    : IMessageHandler<CrmForwarderDbContext, ReachChecked>
{
    /// <summary>How far the clocks of two machines may differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(3);

    public async Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<ReachChecked>> items)
    {
        foreach (var reach in items.Select(item => item.Body))
        {
            if (reach is { AllAccounts: false, IsGone: false, AccountIds.Count: 0 })
            {
                await ChangeAsync(scope, reach, row => row.State == EndpointState.Active, endpoint => endpoint.Suspend(clock.GetUtcNow()));
                continue;
            }

            // Narrowed first: an endpoint that goes on must not be posted what its owner does not see any more.
            if (!reach.AllAccounts) await NarrowAsync(scope, reach);
            await ChangeAsync(
                scope,
                reach,
                row => row.State == EndpointState.Paused && row.Reason == WebhookEndpoint.AccessLost,
                endpoint => endpoint.Resume(clock.GetUtcNow()));
        }
    }

    /// <summary>Suspends or resumes those of an owner's endpoints that are to be, and that nobody changed since the question.</summary>
    private async Task ChangeAsync(
        WorkScope<CrmForwarderDbContext> scope,
        ReachChecked reach,
        Expression<Func<WebhookEndpoint, bool>> which,
        Action<WebhookEndpoint> change)
    {
        var (user, before) = (reach.UserId, reach.AskedAt - Skew);
        var endpoints = scope.Db.Endpoints.Where(row => row.OwnerId == user && row.ChangedAt < before).Where(which);
        foreach (var endpoint in await endpoints.OrderBy(row => row.Id).ForUpdate().ToListAsync())
        {
            change(endpoint);
            await scope.Db.SaveChangesAsync();
            scope.AfterCommit(() =>
            {
                mailbox.EndpointChanged(endpoint.Id);
                LogOwner(logger, endpoint.Id, endpoint.State, user);
            });
        }
    }

    private async Task NarrowAsync(WorkScope<CrmForwarderDbContext> scope, ReachChecked reach)
    {
        var (db, user, seen, before) = (scope.Db, reach.UserId, reach.AccountIds.ToList(), reach.AskedAt - Skew);
        var lost = db.Endpoints.Where(row => row.OwnerId == user && row.State != EndpointState.Removed && row.ChangedAt < before
            && (row.AllAccounts
                || db.EndpointAccounts.Any(account => account.EndpointId == row.Id && !seen.Contains(account.AccountId))));
        foreach (var id in await lost.Select(row => row.Id).ToListAsync())
        {
            var endpoint = await db.Endpoints.Where(row => row.Id == id).ForUpdate().SingleAsync();
            if (endpoint.ChangedAt >= before) continue;
            if (endpoint.AllAccounts)
            {
                endpoint.AllAccounts = false;
                await BulkInsert.EntitiesAsync(
                    db, seen.ConvertAll(account => new EndpointAccount { AccountId = account, EndpointId = id }), ifAbsent: true);
            }

            await DropAsync(db, id, seen);
            endpoint.Touch(clock.GetUtcNow());
            await db.SaveChangesAsync();
            scope.AfterCommit(() =>
            {
                mailbox.EndpointChanged(id);
                LogNarrowed(logger, id, user);
            });
        }
    }

    private static async Task DropAsync(CrmForwarderDbContext db, string endpoint, List<AccountId> seen)
    {
        await db.EndpointAccounts.Where(row => row.EndpointId == endpoint && !seen.Contains(row.AccountId)).ExecuteDeleteAsync();
        await db.Deliveries
            .Where(row => row.EndpointId == endpoint && !seen.Contains(row.AccountId)
                && (row.State == DeliveryState.Pending || row.State == DeliveryState.Replaying))
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, DeliveryState.Dead).SetProperty(row => row.LastError, "access_lost"));
    }

    [LoggerMessage(
        EventName = "endpoint.owner",
        Level = LogLevel.Warning,
        Message = "{EndpointId} is {State} now, by what its owner {User} sees")]
    private static partial void LogOwner(ILogger logger, string endpointId, EndpointState state, string user);

    [LoggerMessage(
        EventName = "endpoint.narrowed",
        Level = LogLevel.Warning,
        Message = "{EndpointId} takes no events any more of accounts that its owner {User} does not see now")]
    private static partial void LogNarrowed(ILogger logger, string endpointId, string user);
}
