using System.Net.ServerSentEvents;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>Webhook → live stream: how long an agent waits for a message to appear.</summary>
internal static class LiveRow
{
    private const int PerSecond = 100;

    /// <summary>
    /// What a cold process compiles would be measured as the stream's delay, and ten of them compile for half a minute on two cores.
    /// </summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(40);

    public static async Task RunAsync(BenchRun run)
    {
        await MeasureAsync(run, "standalone", 50, Installation.StandaloneAsync);
        var broker = await run.VirtualHostAsync();
        await MeasureAsync(run, "five services, through the gateway", 50, folder => Installation.FiveServicesAsync(folder, broker));
        // A commit in the other store wakes this one by a hop through the broker.
        var (another, server) = (await run.VirtualHostAsync(), await run.MariaDbAsync());
        await MeasureAsync(
            run, "two of each service on MariaDB", 100, folder => Installation.FiveServicesAsync(folder, another, server, copies: 2));
    }

    private static async Task MeasureAsync(BenchRun run, string form, int bar, Func<string, Task<Installation>> start)
    {
        using var journeys = new Journeys((int)(PerSecond * (WarmUp + run.Sustained).TotalSeconds));
        await using var installation = await start(run.NewFolder("live"));
        await installation.LinkAsync(BenchRun.Account, crm: null);
        using var over = new CancellationTokenSource();
        await using var stream = await installation.Http.GetStreamAsync("/api/v1/events/stream");
        var listening = ListenAsync(stream, journeys, over.Token);
        var load = new WebhookLoad(
            installation.Webhooks, new WebhookRequests(BenchRun.Account), connections: 16) { BeforePost = journeys.SetOutAsync };

        await load.RunAsync(WarmUp, PerSecond);
        await journeys.WaitForAllAsync();
        journeys.Latencies = new Latencies();
        await load.RunAsync(run.Sustained / 2, PerSecond);
        var missing = await journeys.WaitForAllAsync();
        await over.CancelAsync();
        await listening;
        run.Add(
            $"webhook → SSE client at {PerSecond}/s, {form}",
            $"p99 ≤ {bar} ms",
            $"{journeys.Latencies}; {missing} lost",
            journeys.Latencies.P99 <= bar && missing == 0);
    }

    private static async Task ListenAsync(Stream stream, Journeys journeys, CancellationToken over)
    {
        try
        {
            var events = SseParser.Create(stream, (_, data) => MessageNumber.Find(data));
            await foreach (var item in events.EnumerateAsync(over)) journeys.Arrive(item.Data);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
