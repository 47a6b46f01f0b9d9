namespace InstaMessenger.Store.Access;

/// <summary>
/// Tells the live streams of this process that somebody's access changed (membership, key, session, user), so that they read their caller
/// again. A change made by another process is not told: streams also look again from time to time.
/// </summary>
internal sealed class AccessChanges
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version;

    /// <summary>Grows with each change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Waits for a change after <paramref name="seen"/>; returns at once when there was one.</summary>
    public Task WaitAsync(long seen, CancellationToken cancellationToken)
    {
        // The task is taken before the version is read: a change in between completes the task that is held.
        var next = Volatile.Read(ref _next).Task;
        return Version != seen ? Task.CompletedTask : next.WaitAsync(cancellationToken);
    }

    /// <summary>Tells of a change. Call it after the commit.</summary>
    public void Announce()
    {
        Interlocked.Increment(ref _version);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
