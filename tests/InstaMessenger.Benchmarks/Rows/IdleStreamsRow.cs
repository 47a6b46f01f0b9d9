using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>
/// Ten thousand open tabs in which nothing happens: what each costs the gateway and the store, and whether each hears its heartbeats.
/// </summary>
internal static class IdleStreamsRow
{
    private const int Wanted = 10_000;
    private const int AtOnce = 50;
    private const double MostKilobytes = 30;
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);

    /// <summary>A stream is two open files of the gateway; some machines allow fewer than ten thousand streams need.</summary>
    private static readonly int Streams = Math.Min(Wanted, (OpenFiles() - 500) / 2);

    public static async Task RunAsync(BenchRun run)
    {
        await using var installation = await Installation.FiveServicesAsync(run.NewFolder("streams"), await run.VirtualHostAsync());
        ProcessUnderTest[] processes = [installation.Process("UiGateway"), installation.Process("Store")];
        var gateway = processes[0].EndPoint;
        var token = installation.Http.DefaultRequestHeaders.Authorization!.Parameter!;

        // What the first streams cost is the code that they load.
        var streams = new List<IdleStream>();
        await OpenAsync(100);
        var before = Array.ConvertAll(processes, process => process.ResidentBytes);
        await OpenAsync(Streams);

        var heartbeats = Math.Max(1, (int)(run.Sustained / HeartbeatEvery) - 1);
        streams.ForEach(stream => stream.Heartbeats = 0);
        // One more than is asked for, because the first one of each may be just over.
        await Task.Delay(HeartbeatEvery * (heartbeats + 1), TimeProvider.System);
        var deaf = streams.Count(stream => stream.Heartbeats < heartbeats);
        var ended = streams.Count(stream => stream.HasEnded);
        var each = processes.Select((process, i) => (process.Name, Kilobytes: (process.ResidentBytes - before[i]) / 1024.0 / Streams))
            .ToList();
        streams.ForEach(stream => stream.Dispose());

        run.Add(
            $"{Streams:#,0} idle streams through the gateway", $"≤ {MostKilobytes} KB each per process, every heartbeat arrives",
            $"{string.Join(", ", each.Select(process => $"{process.Name} {process.Kilobytes:0.0} KB"))}; {deaf} missed one of {heartbeats} "
                + $"heartbeats, {ended} ended",
            each.TrueForAll(process => process.Kilobytes <= MostKilobytes) && deaf == 0 && ended == 0);

        async Task OpenAsync(int count)
        {
            foreach (var some in Enumerable.Range(0, count).Chunk(AtOnce))
                streams.AddRange(await Task.WhenAll(some.Select(_ => IdleStream.OpenAsync(gateway, token))));
        }
    }

    /// <summary>The hard limit, up to which .NET raises its own.</summary>
    private static int OpenFiles() =>
        int.TryParse(
            File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[4],
            out var files) ? files : int.MaxValue;
}
