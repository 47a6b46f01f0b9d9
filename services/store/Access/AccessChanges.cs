using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Access;

/// <summary>
/// Tells the live streams of every store that somebody's access changed (membership, key, session, user), so that each reads its caller
/// again.
/// </summary>
internal sealed class AccessChanges : SharedSignal
{
    private long _version;

    public AccessChanges(Leases<StoreDbContext> leases)
        : base("store.access") => IsServedHere = () => !leases.AreShared;

    /// <summary>How many changes this process has announced.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Tells of a change. Call it after the commit.</summary>
    public void Announce()
    {
        Interlocked.Increment(ref _version);
        Wake();
    }
}
