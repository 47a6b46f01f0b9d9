using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Store.Inbound;

/// <summary>Wakes the replay of quarantined webhooks: an account was linked, or claims another id.</summary>
internal sealed class QuarantineSignal : WakeSignal
{
    private long _links;

    /// <summary>How many links this process has committed. Compare it before and after to see whether one came in between.</summary>
    public long Links => Interlocked.Read(ref _links);

    /// <summary>Notes that an account was linked, so that what waits for it can be recorded.</summary>
    public void Linked()
    {
        Interlocked.Increment(ref _links);
        Wake();
    }
}
