using System.Diagnostics;
using System.Net;
using InstaMessenger.Benchmarks.Measuring;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>Posts webhooks over a fixed number of connections, each with one request at a time, as Meta does.</summary>
/// <param name="servers">Whose <c>/webhooks/instagram</c>; several take the connections in turn.</param>
/// <param name="requests">What is posted.</param>
/// <param name="connections">How many.</param>
internal sealed class WebhookLoad(IReadOnlyList<IPEndPoint> servers, WebhookRequests requests, int connections)
{
    private int _next;
    private int _refused;
    private int _most = int.MaxValue;

    /// <summary>Requests that were not answered 200.</summary>
    public int Refused => _refused;

    /// <summary>Messages posted so far; the next one gets this number.</summary>
    public int Posted => _next;

    /// <summary>The number of the first message; 0 when nothing else is said.</summary>
    public int First { init => _next = value; }

    /// <summary>Called with the number of a message and the time that its journey is counted from, just before it is posted.</summary>
    public Func<int, long, Task> BeforePost { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>
    /// Closed loop: each connection posts as soon as it has its answer. Shows the highest rate.
    /// </summary>
    /// <param name="duration">When no further request begins.</param>
    /// <returns>The answers.</returns>
    public Task<Latencies> RunAsync(TimeSpan duration) => RunAsync(duration, 0);

    /// <summary>Closed loop until so many messages are posted.</summary>
    /// <param name="messages">A multiple of the messages of one request.</param>
    /// <returns>The answers.</returns>
    public Task<Latencies> PostAsync(int messages)
    {
        _most = _next + messages;
        return RunAsync(TimeSpan.MaxValue);
    }

    /// <summary>
    /// Open loop: requests are due at fixed times, and an answer's time counts from there, so that a stall shows in every request it held
    /// up. The generator's own timer adds about 1 ms.
    /// </summary>
    /// <param name="duration">For how long requests are due.</param>
    /// <param name="perSecond">The rate; more than the connections can carry shows as growing times.</param>
    /// <returns>The answers.</returns>
    public async Task<Latencies> RunAsync(TimeSpan duration, double perSecond)
    {
        var (latencies, began, due) = (new Latencies(), Stopwatch.GetTimestamp(), -1);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(n => Task.Run(() => RunConnectionAsync(servers[n % servers.Count]))));
        latencies.Elapsed = Stopwatch.GetElapsedTime(began);
        return latencies;

        async Task RunConnectionAsync(IPEndPoint server)
        {
            using var connection = new RawConnection(server);
            var request = new byte[requests.Length];
            while (true)
            {
                var at = Stopwatch.GetTimestamp();
                if (perSecond > 0)
                {
                    at = began + (long)(Interlocked.Increment(ref due) / perSecond * Stopwatch.Frequency);
                    var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), at);
                    if (Stopwatch.GetElapsedTime(began, at) < duration && wait > TimeSpan.Zero) await Task.Delay(wait, TimeProvider.System);
                }

                if (Stopwatch.GetElapsedTime(began, at) >= duration) return;
                var number = Interlocked.Add(ref _next, requests.MessagesPerRequest) - requests.MessagesPerRequest;
                if (number >= _most) return;
                await BeforePost(number, at);
                if (perSecond <= 0) at = Stopwatch.GetTimestamp();
                requests.Render(request, number, TimeProvider.System.GetUtcNow());
                var status = await connection.SendAsync(request);
                if (status == 200) latencies.Record(Stopwatch.GetElapsedTime(at));
                else Interlocked.Increment(ref _refused);
            }
        }
    }
}
