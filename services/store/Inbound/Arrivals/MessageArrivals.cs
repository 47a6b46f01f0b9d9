using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Records messages, and the echoes of what the business wrote.</summary>
internal sealed class MessageArrivals(MessageRecorder messages) : IArrivalHandler
{
    public string Name => "message";

    public Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals) =>
        messages.RecordAsync(scope, arrivals, Name, ReceivedContent.Read);
}
