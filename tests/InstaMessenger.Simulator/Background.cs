using System.Collections.Concurrent;

namespace InstaMessenger.Simulator;

/// <summary>Work that outlives the request that caused it (late echoes, redeliveries), ended with the host.</summary>
internal sealed class Background : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly CancellationTokenSource _stopping = new();

    public Background() => Stopping = _stopping.Token;

    /// <summary>Ends with the host; safe to look at afterwards.</summary>
    public CancellationToken Stopping { get; }

    public void Run(Func<CancellationToken, Task> work)
    {
        var task = Task.Run(() => work(Stopping), CancellationToken.None);
        _running.TryAdd(task, true);
        _ = task.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public void Stop() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Keys).ContinueWith(_ => { }, TaskScheduler.Default);
        _stopping.Dispose();
    }
}
