namespace InstaMessenger.Hosting.Workers;

/// <summary>When a worker's next round begins.</summary>
public readonly record struct NextRound
{
    /// <summary>At once: the round was full and may have left more.</summary>
    public static NextRound Now => new() { AtOnce = true };

    /// <summary>When the signal wakes the worker, or after its interval.</summary>
    public static NextRound WhenWoken => default;

    /// <summary>Not before the process starts again: what there was to do is done for good.</summary>
    public static NextRound Never => new() { IsLast = true };

    internal bool AtOnce { get; private init; }

    internal bool IsLast { get; private init; }

    internal TimeSpan? Longest { get; private init; }

    internal TimeSpan Gap { get; private init; }

    /// <summary>When the signal wakes the worker, or after <paramref name="longest"/>, for what becomes due at a known time.</summary>
    /// <param name="longest">The longest sleep.</param>
    /// <returns>The answer of a round.</returns>
    public static NextRound Within(TimeSpan longest) => new() { Longest = longest > TimeSpan.Zero ? longest : TimeSpan.Zero };

    /// <summary>
    /// The same, but never sooner than <paramref name="gap"/> after this round began, however often the worker is woken: what comes one by
    /// one is then handled together. Measured in real time, since what it spares is the processor's.
    /// </summary>
    /// <param name="gap">From the beginning of one round to the next, at least.</param>
    /// <returns>The answer of a round.</returns>
    public NextRound NotSoonerThan(TimeSpan gap) => this with { Gap = gap };
}
