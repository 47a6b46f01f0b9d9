using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace InstaMessenger.Simulator.Page;

/// <summary>What the page sees live. A page that cannot keep up loses the oldest events, not the simulator its time.</summary>
internal sealed class LiveFeed
{
    private readonly ConcurrentDictionary<Channel<SseItem<string>>, bool> _listeners = new();

    /// <summary>The event is only built when somebody listens: benchmarks pay nothing.</summary>
    public void Publish(string type, Func<object> content)
    {
        if (_listeners.IsEmpty) return;
        var item = new SseItem<string>(JsonSerializer.Serialize(content(), SimulatorJson.Options), type);
        foreach (var listener in _listeners.Keys) listener.Writer.TryWrite(item);
    }

    public async IAsyncEnumerable<SseItem<string>> ListenAsync(
        CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var listener = Channel.CreateBounded<SseItem<string>>(
            new BoundedChannelOptions(500) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners.TryAdd(listener, true);
        // Completing instead of cancelling: a page left open must not hold up the end of the host.
        await using var ended = stopping.Register(() => listener.Writer.TryComplete());
        try
        {
            yield return new SseItem<string>("{}", "hello");
            await foreach (var item in listener.Reader.ReadAllAsync(cancellation)) yield return item;
        }
        finally
        {
            _listeners.TryRemove(listener, out _);
        }
    }
}
