namespace InstaMessenger.Hosting.Workers;

/// <summary>
/// A signal for a worker that may run in another process of the same kind: waking it here wakes it there as well, by a message that costs
/// nothing when it is lost. Register it with <see cref="WorkerSetup.AddSharedSignal{T}"/>.
/// </summary>
/// <param name="topic">Names it among all processes, like <c>store.events</c>.</param>
public abstract class SharedSignal(string topic) : WakeSignal
{
    /// <summary>The signal's name among all processes, like <c>store.events</c>.</summary>
    public string Topic => topic;

    /// <summary>Says whether this process does all that the signal is for, so that the others need not be told.</summary>
    public Func<bool> IsServedHere { get; set; } = () => false;

    /// <summary>Tells the other processes; null when there are none.</summary>
    internal Action<string>? Tell { get; set; }

    /// <inheritdoc/>
    public override void Wake()
    {
        base.Wake();
        if (Tell is { } tell && !IsServedHere()) tell(topic);
    }

    /// <summary>Wakes the workers of this process alone.</summary>
    public void WakeHere() => base.Wake();

    /// <summary>Another process woke the signal.</summary>
    public virtual void Heard() => WakeHere();
}
