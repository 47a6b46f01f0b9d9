using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Audit;

/// <summary>The audit log of all services.</summary>
internal static class AuditSetup
{
    public static void AddAuditLog(this IServiceCollection services)
    {
        services.AddSection<AuditOptions>("Audit");
        services.AddMessageHandler<StoreDbContext, ActionTaken, RecordActions>("store.action-taken");
        services.AddWorker<AuditRetention>();
    }
}
