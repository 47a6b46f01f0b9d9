using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.History;

/// <summary>What Meta still has of an account's messages: the history before it was linked, and what no webhook brought.</summary>
internal static class HistorySetup
{
    public static void AddHistory(this IServiceCollection services)
    {
        services.AddSection<HistoryOptions>("Accounts");
        services.AddSingleton<HistoryRuns>();
        services.AddWorker<GapSweeps>();
        services.AddWorker<HistoryGauges>();
        services.AddMessageHandler<StoreDbContext, HistoryRead, HistoryReads>("store.history-read");
    }

    public static void MapHistory(this WebApplication app) => app.MapGroup("/api/v1/accounts").WithTags("Accounts").MapBackfill();
}
