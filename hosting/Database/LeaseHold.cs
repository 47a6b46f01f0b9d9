namespace InstaMessenger.Hosting.Database;

/// <summary>One hold of a lease that several processes share: from when it was taken until it is given back or lost.</summary>
/// <param name="name">What is leased.</param>
/// <param name="owner">Who holds it, as its row says; no two leases of a process have the same.</param>
/// <param name="token">The token of this hold.</param>
/// <param name="takenAt">When it was asked for, by this process's clock.</param>
internal sealed class LeaseHold(string name, string owner, long token, long takenAt)
{
    /// <summary>Long enough for a pause of the runtime or of the machine, short enough that a dead process is hardly missed.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    /// <summary>The holder gives up this much before the database would: the time that its own statement may have been under way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(0.5);

    /// <summary>When what is taken or renewed now ends, for a statement.</summary>
    internal static readonly string EndsAt = $"{LeaseRow.Clock} + {(long)Lifetime.TotalMilliseconds}";

    private readonly Lock _gate = new();
    private long _renewedAt = takenAt;
    private bool _ended;

    public string Name => name;

    public string Owner => owner;

    public long Token => token;

    /// <summary>Whether it is being renewed by itself: its row was locked when the others were renewed.</summary>
    public bool IsRenewedAlone { get; set; }

    public bool IsHeld(TimeProvider clock)
    {
        lock (_gate) return !_ended && clock.GetElapsedTime(_renewedAt) < Lifetime - Margin;
    }

    public void Renew(long asked)
    {
        lock (_gate) _renewedAt = asked;
    }

    public void End()
    {
        lock (_gate) _ended = true;
    }
}
