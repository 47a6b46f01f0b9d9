namespace InstaMessenger.Hosting.Workers;

/// <summary>
/// Short notes that every process of a kind is to hear at once, and that nobody keeps: one that is lost is not told again. Register it with
/// <see cref="WorkerSetup.AddSharedBoard{T}"/>.
/// </summary>
/// <param name="topic">Names it among all processes, like <c>store.presence</c>.</param>
public abstract class SharedBoard(string topic)
{
    /// <summary>The board's name among all processes, like <c>store.presence</c>.</summary>
    public string Topic => topic;

    /// <summary>Tells the other processes; null when there are none.</summary>
    internal Action<string, string>? TellOthers { get; set; }

    /// <summary>Takes in a note, of this process or of another.</summary>
    public abstract void Heard(string note);

    /// <summary>Puts a note up in every process, this one included.</summary>
    protected void Tell(string note)
    {
        Heard(note);
        TellOthers?.Invoke(topic, note);
    }
}
