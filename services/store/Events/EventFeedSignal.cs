using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Events;

/// <summary>Wakes the live streams of every store when events were committed in one.</summary>
internal sealed class EventFeedSignal : SharedSignal
{
    public EventFeedSignal(Leases<StoreDbContext> leases)
        : base("store.feed") => IsServedHere = () => !leases.AreShared;
}
