using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>Tells everybody who listens that a CRM took nothing for days and is not posted to any more.</summary>
internal sealed class PausedEndpoints(EventLog log) : IMessageHandler<StoreDbContext, WebhookEndpointPaused>
{
    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<WebhookEndpointPaused>> items)
    {
        var ids = items.Select(item => item.Body.AccountId).Distinct().ToList();
        var accounts = await scope.Db.Accounts.Where(account => ids.Contains(account.Id) && account.UnlinkedAt == null)
            .ToDictionaryAsync(account => account.Id);
        foreach (var item in items)
        {
            if (!accounts.TryGetValue(item.Body.AccountId, out var account)) continue;
            var data = new PausedEndpointData(AccountEventData.Of(account).Account, null, EndpointProblem.Of(item.Body));
            log.Append(scope, account, null, EventTypes.AccountHealth, data, item.TraceParent);
        }
    }
}

/// <summary>
/// What <c>account.health</c> says of a CRM that is not posted to any more: no health of the account itself, but a problem.
/// </summary>
internal sealed record PausedEndpointData(ConnectedAccount Account, object? Health, EndpointProblem Problem);

/// <summary>What is wrong, and what to do about it.</summary>
internal sealed record EndpointProblem(
    string Code, string Message, string NextStep, string WebhookEndpointId, DateTimeOffset FailingSince)
{
    public static EndpointProblem Of(WebhookEndpointPaused paused) => new(
        "webhook_endpoint_paused",
        "A CRM took nothing for five days. Nothing is posted to it any more; its deliveries are kept.",
        $"Mend it, then PATCH /api/v1/webhook-endpoints/{paused.EndpointId} with state active.",
        paused.EndpointId,
        paused.FailingSince);
}
