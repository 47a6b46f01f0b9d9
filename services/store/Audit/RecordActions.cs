using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Audit;

/// <summary>Keeps the actions of all services. One that comes twice is known by its id.</summary>
internal sealed class RecordActions : IMessageHandler<StoreDbContext, ActionTaken>
{
    public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<ActionTaken>> items) => BulkInsert.EntitiesAsync(
        scope.Db, [.. items.Select(item => AuditEntry.Of(item.Body)).DistinctBy(entry => entry.Id)], ifAbsent: true);
}
