using System.Collections.Concurrent;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Store.Outbound;

/// <summary>Requests of this process that wait for the verdict on what they sent.</summary>
internal sealed class SendWaiters
{
    private readonly ConcurrentDictionary<MessageId, SendWait> _waiting = new();

    /// <summary>Begins to wait; before the send is committed, so that no verdict is missed.</summary>
    public SendWait Begin(IReadOnlyList<MessageId> messages)
    {
        var wait = new SendWait(messages, id => _waiting.TryRemove(id, out _));
        foreach (var id in messages) _waiting[id] = wait;
        return wait;
    }

    /// <summary>
    /// Wakes the request that waits for a message. There may be none: the client left, or waits in another replica, which looks by itself.
    /// </summary>
    public void Wake(MessageId message)
    {
        if (_waiting.TryGetValue(message, out var wait)) wait.Wake();
    }
}

/// <summary>One request's wait; ends when disposed.</summary>
internal sealed class SendWait(IReadOnlyList<MessageId> messages, Action<MessageId> forget) : WakeSignal, IDisposable
{
    public void Dispose()
    {
        foreach (var id in messages) forget(id);
    }
}
