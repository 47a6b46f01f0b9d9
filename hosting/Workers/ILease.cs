namespace InstaMessenger.Hosting.Workers;

/// <summary>
/// The right of one process to run a worker, for a few seconds at a time. Time alone cannot keep a frozen process from going on when it
/// wakes, so every holder has a token greater than the one before, and what it writes is conditional on it: see <c>LeaseFence</c>.
/// </summary>
public interface ILease
{
    /// <summary>What is leased, like <c>store.events</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether this process still has it, as far as its own clock tells. Look again before each step that leaves the process.
    /// </summary>
    bool IsHeld { get; }

    /// <summary>The token of the current hold. It changes only in <see cref="TryTakeAsync"/>, so never during a round.</summary>
    long Token { get; }

    /// <summary>
    /// Whether another process has it, by an answer that may be half a second old. Whoever waits for the lease asks this again and again,
    /// and takes it when it is free.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it is of no use to try to take it now.</returns>
    Task<bool> IsElsewhereAsync(CancellationToken cancellationToken);

    /// <summary>Takes the lease unless another process has it, and keeps it from then on.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether this process has it now.</returns>
    Task<bool> TryTakeAsync(CancellationToken cancellationToken);

    /// <summary>Gives it back, so that another process goes on at once.</summary>
    /// <returns>Completes once it is given back. A database that is away is no error: the lease ends by itself.</returns>
    Task ReleaseAsync();
}
