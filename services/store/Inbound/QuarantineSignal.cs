using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Store.Inbound;

/// <summary>Wakes the replay of quarantined webhooks in every store: an account was linked, or claims another id.</summary>
internal sealed class QuarantineSignal() : SharedSignal("store.quarantine")
{
    private long _links;

    /// <summary>
    /// How many links this process has committed, or heard of from another. Compared before and after, it says whether one came in between.
    /// </summary>
    public long Links => Interlocked.Read(ref _links);

    /// <summary>Notes that an account was linked, so that what waits for it can be recorded.</summary>
    public void Linked()
    {
        Interlocked.Increment(ref _links);
        Wake();
    }

    /// <inheritdoc/>
    public override void Heard()
    {
        Interlocked.Increment(ref _links);
        base.Heard();
    }
}
