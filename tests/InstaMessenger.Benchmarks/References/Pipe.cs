using System.Diagnostics;
using MassTransit;

namespace InstaMessenger.Benchmarks.References;

/// <summary>A message about as large as a webhook.</summary>
/// <param name="Body">Some bytes.</param>
public sealed record Parcel(byte[] Body);

/// <summary>
/// The reference <b>pipe</b>: what one hop costs. MassTransit publishes one message at a time with confirms, 200 in flight, to a quorum
/// queue with a consumer that does nothing.
/// </summary>
internal static class Pipe
{
    private const int InFlight = 200;

    /// <summary>Messages a second that came out of the pipe.</summary>
    /// <param name="broker">An empty virtual host.</param>
    /// <param name="duration">How long it is measured, after a warm-up of a fifth of that.</param>
    public static async Task<double> MeasureAsync(string broker, TimeSpan duration)
    {
        var (consumed, stop) = (0, false);
        var bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(new Uri(broker));
            rabbit.ReceiveEndpoint("pipe", endpoint =>
            {
                endpoint.SetQuorumQueue();
                endpoint.PrefetchCount = InFlight;
                endpoint.Handler<Parcel>(_ =>
                {
                    Interlocked.Increment(ref consumed);
                    return Task.CompletedTask;
                });
            });
        });
        await bus.StartAsync();
        var publishers = Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            var parcel = new Parcel(new byte[500]);
            while (!Volatile.Read(ref stop)) await bus.Publish(parcel);
        })).ToList();
        await Task.Delay(duration / 5, TimeProvider.System);
        var (before, began) = (Volatile.Read(ref consumed), Stopwatch.GetTimestamp());
        await Task.Delay(duration, TimeProvider.System);
        var perSecond = (Volatile.Read(ref consumed) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        Volatile.Write(ref stop, true);
        await Task.WhenAll(publishers);
        await bus.StopAsync();
        return perSecond;
    }
}
