using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Records one thing that can arrive from Meta. Clients learn of what has no handler, and of what its handler cannot use, as
/// <c>event.unsupported</c>. Docs/extending.md lists what a new one touches.
/// </summary>
internal interface IArrivalHandler
{
    /// <summary>What it records, as <see cref="WebhookItem.Name"/> says it.</summary>
    string Name { get; }

    /// <summary>Records what came, each event once however often it comes.</summary>
    /// <param name="scope">The transaction.</param>
    /// <param name="arrivals">Events of this name, in order, each with its account; one or more.</param>
    /// <returns>Those that it cannot use.</returns>
    Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals);
}
