using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Recognises changes that come again although Meta gave them no time, or one that is still to come: they count as of now, and would seem
/// later than all that came before. All others are recognised by what they say.
/// </summary>
internal sealed class FreshArrivals(SeenEvents seen)
{
    public static async Task<FreshArrivals> LoadAsync(StoreDbContext db, IEnumerable<Arrival> arrivals, TimeProvider clock) =>
        new(await SeenEvents.LoadAsync(db, arrivals.Where(arrival => !arrival.HasMetasTime), clock));

    public bool IsFresh(Arrival arrival) => arrival.HasMetasTime || seen.IsNew(arrival);
}
