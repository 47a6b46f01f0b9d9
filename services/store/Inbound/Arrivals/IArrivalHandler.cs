using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Records one kind of thing that arrives from Meta. What has no handler, and what its handler cannot use, is told to clients as
/// <c>event.unsupported</c>. Docs/extending.md lists what a new handler touches.
/// </summary>
internal interface IArrivalHandler
{
    /// <summary>The name of what it records, see <see cref="WebhookItem.Name"/>.</summary>
    string Name { get; }

    /// <summary>Records what came, each event once however often it comes.</summary>
    /// <param name="arrivals">Events of this name, in order, each with its account; one or more.</param>
    /// <returns>The events that it cannot use.</returns>
    Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals);
}
