using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Erasures;

/// <summary>Erasing what is kept of an account or of a contact.</summary>
internal static class ErasuresSetup
{
    public static void AddErasures(this IServiceCollection services)
    {
        services.AddSingleton<ErasureSignal>();
        services.AddMessageHandler<SenderDbContext, EraseData, EraseDataHandler>("sender.erase-data");
        services.AddWorker<ErasureWorker>();
    }
}
