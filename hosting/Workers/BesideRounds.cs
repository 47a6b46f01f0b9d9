namespace InstaMessenger.Hosting.Workers;

/// <summary>What a worker does beside its rounds, one thing at a time for each key: slow work of one never holds up another's.</summary>
/// <typeparam name="TKey">What the work is for.</typeparam>
public sealed class BesideRounds<TKey> : IDisposable
    where TKey : notnull
{
    private readonly Dictionary<TKey, Task> _running = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _lock = new();

    /// <summary>What is worked for at this moment.</summary>
    public IReadOnlyList<TKey> Busy
    {
        get
        {
            lock (_lock) return [.. _running.Keys];
        }
    }

    /// <summary>Begins work for a key that is not busy.</summary>
    /// <param name="workAsync">The work. It throws nothing but a cancellation at the stop: whose error it is, the worker knows.</param>
    /// <param name="ended">Called when the key is not busy any more; null for nothing.</param>
    public void Start(TKey key, Func<CancellationToken, Task> workAsync, Action? ended = null)
    {
        lock (_lock) _running[key] = Task.Run(() => RunAsync(key, workAsync, ended), CancellationToken.None);
    }

    /// <summary>Cancels all of it, and waits until it has ended or until that takes too long.</summary>
    /// <param name="cancellationToken">Waits no longer.</param>
    /// <returns>Never fails.</returns>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _stopped.EndAsync();
        Task all;
        lock (_lock) all = Task.WhenAll(_running.Values);
        await all.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopped.Dispose();

    private async Task RunAsync(TKey key, Func<CancellationToken, Task> workAsync, Action? ended)
    {
        try
        {
            await workAsync(_stopped.Token);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The next process goes on.
        }
        finally
        {
            lock (_lock) _running.Remove(key);
            ended?.Invoke();
        }
    }
}
