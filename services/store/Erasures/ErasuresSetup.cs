using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Erasures;

/// <summary>Erasing a person, or everything of an account.</summary>
internal static class ErasuresSetup
{
    public static void AddErasures(this IServiceCollection services)
    {
        services.AddSharedSignal<ErasureSignal>();
        services.AddSingleton<ErasureStart>();
        services.AddSingleton<ErasedThreads>();
        services.AddSingleton<ErasureWait>();
        services.AddMessageHandler<StoreDbContext, DataErased, ErasureReports>("store.data-erased");
        services.AddWorker<ErasureWorker>();
    }

    public static void MapErasures(this WebApplication app)
    {
        var accounts = app.MapGroup("/api/v1/accounts").WithTags("Accounts");
        accounts.MapEraseContact();
        accounts.MapShowErasures();
    }
}
