using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.History;

/// <summary>The threads that Meta shows of an account, read page by page.</summary>
internal static class HistorySetup
{
    public static void AddHistory(this IServiceCollection services)
    {
        services.AddMessageHandler<SenderDbContext, ReadHistory, ReadHistoryHandler>("sender.read-history");
        services.AddSingleton<HistorySignal>();
        services.AddSingleton<HistoryStep>();
        services.AddWorker<HistoryWorker>();
    }
}
