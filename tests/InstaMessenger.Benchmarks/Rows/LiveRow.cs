using System.Net.ServerSentEvents;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>Webhook → live stream: how long an agent waits for a message to appear.</summary>
internal static class LiveRow
{
    private const int PerSecond = 100;

    public static async Task RunAsync(BenchRun run)
    {
        await MeasureAsync(run, "standalone", Installation.StandaloneAsync);
        var broker = await run.VirtualHostAsync();
        await MeasureAsync(run, "five services, through the gateway", folder => Installation.FiveServicesAsync(folder, broker));
    }

    private static async Task MeasureAsync(BenchRun run, string form, Func<string, Task<Installation>> start)
    {
        // See PipelineRows: what a cold process compiles would be measured as the stream's delay.
        var warmUp = run.Sustained / 2;
        using var journeys = new Journeys((int)(PerSecond * (warmUp + run.Sustained).TotalSeconds));
        await using var installation = await start(run.NewFolder("live"));
        await installation.LinkAsync(BenchRun.Account, crm: null);
        using var over = new CancellationTokenSource();
        await using var stream = await installation.Http.GetStreamAsync("/api/v1/events/stream");
        var listening = ListenAsync(stream, journeys, over.Token);
        var load = new WebhookLoad(
            installation.Webhooks, new WebhookRequests(BenchRun.Account), connections: 16) { BeforePost = journeys.SetOutAsync };

        await load.RunAsync(warmUp, PerSecond);
        await journeys.WaitForAllAsync();
        journeys.Latencies = new Latencies();
        await load.RunAsync(run.Sustained / 2, PerSecond);
        var missing = await journeys.WaitForAllAsync();
        await over.CancelAsync();
        await listening;
        run.Add(
            $"webhook → SSE client at {PerSecond}/s, {form}",
            "p99 ≤ 50 ms",
            $"{journeys.Latencies}; {missing} lost",
            journeys.Latencies.P99 <= 50 && missing == 0);
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
