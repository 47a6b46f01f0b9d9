using InstaMessenger.Contracts.Commands;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder.Erasures;

/// <summary>Erasing what is kept of an account or of a contact.</summary>
internal static class ErasuresSetup
{
    public static void AddErasures(this IServiceCollection services)
    {
        services.AddSingleton<ErasureSignal>();
        services.AddMessageHandler<CrmForwarderDbContext, EraseData, EraseDataHandler>("crm-forwarder.erase-data");
        services.AddWorker<ErasureWorker>();
    }
}
