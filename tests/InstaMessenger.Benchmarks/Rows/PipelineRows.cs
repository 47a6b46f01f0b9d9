using System.Text.Json;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>Webhook → stored → CRM received, on five processes, on two of each, and in one.</summary>
internal static class PipelineRows
{
    private const int Connections = 64;

    /// <summary>Messages on their way at once: enough to keep every stage busy, few enough that the rate is that of the slowest.</summary>
    private const int UnderWay = 4_000;

    private const int MostPerSecond = 20_000;

    public static async Task FiveServicesAsync(BenchRun run)
    {
        var broker = await run.VirtualHostAsync();
        var before = await run.PipeAsync();
        var result = await MeasureAsync(run, run.Sustained, folder => Installation.FiveServicesAsync(folder, broker));
        run.FiveServicesPerSecond = result.PerSecond;
        // Before and after: a shared machine's speed changes within minutes, and the reference alone varied by a half.
        var pipe = (before + await run.PipeAsync()) / 2;
        run.Add(
            "webhook → stored → CRM, five services",
            "0.3 × pipe",
            result.Rate,
            result.PerSecond >= 0.3 * pipe,
            pipe,
            result.PerSecond / pipe);
        run.Add("the same at half that rate", "p99 ≤ 1 s, nothing lost", result.Calm, result.P99 <= 1_000 && result.NothingLost);
    }

    public static async Task FiveServicesOnMariaDbAsync(BenchRun run)
    {
        var sqlite = await FiveServicesPerSecondAsync(run);
        var (broker, server) = (await run.VirtualHostAsync(), await run.MariaDbAsync());
        var result = await MeasureAsync(run, run.Sustained / 2, folder => Installation.FiveServicesAsync(folder, broker, server));
        run.Add(
            "webhook → stored → CRM, five services on MariaDB",
            "0.5 × the row on SQLite",
            result.Rate,
            result.PerSecond >= 0.5 * sqlite,
            sqlite,
            result.PerSecond / sqlite);
        run.Add("the same at half that rate", "p99 ≤ 1 s, nothing lost", result.Calm, result.P99 <= 1_000 && result.NothingLost);
    }

    /// <summary>Shows what a second process of each costs on the same two cores; on machines of their own it is what they add.</summary>
    public static async Task TwoOfEachAsync(BenchRun run)
    {
        var (broker, server) = (await run.VirtualHostAsync(), await run.MariaDbAsync());
        var result = await MeasureAsync(
            run, run.Sustained / 2, folder => Installation.FiveServicesAsync(folder, broker, server, copies: 2));
        run.Add("webhook → stored → CRM, two of each service on MariaDB", "-", result.Rate, result.PerSecond > 0);
        run.Add(
            "the same at half that rate",
            "p99 ≤ 1 s, nothing lost or twice",
            result.Calm,
            result.P99 <= 1_000 && result.NothingLost && result.Repeated == 0);
    }

    public static async Task StandaloneAsync(BenchRun run)
    {
        var result = await MeasureAsync(run, run.Sustained, Installation.StandaloneAsync);
        run.Add("webhook → stored → CRM, standalone", "1,500/s", result.Rate, result.PerSecond >= 1_500);
        run.Add("the same at half that rate", "p99 ≤ 1 s, nothing lost", result.Calm, result.P99 <= 1_000 && result.NothingLost);
        run.Add(
            "who wrote in that row: how often their profile was known",
            "> 80 %",
            result.HitRate is { } rate ? $"{rate:P1}" : "not told in so short a time",
            result.HitRate is null or > 0.8);
    }

    /// <summary>The bar of the row on MariaDB; measured now when the row on SQLite is not part of this run.</summary>
    private static async Task<double> FiveServicesPerSecondAsync(BenchRun run)
    {
        if (run.FiveServicesPerSecond is { } measured) return measured;
        var broker = await run.VirtualHostAsync();
        var result = await MeasureAsync(run, run.Sustained / 2, folder => Installation.FiveServicesAsync(folder, broker));
        run.FiveServicesPerSecond = result.PerSecond;
        return result.PerSecond;
    }

    private static async Task<Result> MeasureAsync(BenchRun run, TimeSpan sustained, Func<string, Task<Installation>> start)
    {
        // For half a minute after a start each process spends half a core on compiling its hot methods again.
        var warmUp = sustained / 2;
        using var journeys = new Journeys((int)(MostPerSecond * (sustained * 2).TotalSeconds), UnderWay);
        await using var crm = await CrmReceiver.StartAsync(journeys);
        await using var installation = await start(run.NewFolder("pipeline"));
        var account = await installation.LinkAsync(BenchRun.Account, crm.Address);
        var load = new WebhookLoad(
            installation.Webhooks, new WebhookRequests(BenchRun.Account), Connections) { BeforePost = journeys.SetOutAsync };

        var whole = load.RunAsync(warmUp + sustained);
        await Task.Delay(warmUp, TimeProvider.System);
        var (before, cpu) = (journeys.Arrived, new Cpu(installation.Processes));
        await whole;
        var arrived = journeys.Arrived - before;
        BenchRun.Say($"{cpu.Per(arrived)}");
        var missing = await journeys.WaitForAllAsync();
        var perSecond = arrived / sustained.TotalSeconds;

        journeys.Latencies = new Latencies();
        cpu = new Cpu(installation.Processes);
        var answers = await load.RunAsync(sustained / 2, perSecond / 2);
        missing = await journeys.WaitForAllAsync();
        BenchRun.Say($"at half rate: answers {answers}; {cpu.Per(journeys.Latencies.Count)}");
        foreach (var process in installation.Processes)
            BenchRun.Say($"{process.Name}: {process.ResidentBytes / 1048576} MB resident, at most {process.MostResidentBytes / 1048576}");
        var hitRate = (await installation.HealthAsync(account)).GetProperty("profile_cache").GetProperty("hit_rate");
        return new Result(
            perSecond, journeys.Latencies, load.Posted, missing, journeys.Repeated, load.Refused,
            hitRate.ValueKind == JsonValueKind.Null ? null : hitRate.GetDouble());
    }

    private sealed record Result(
        double PerSecond, Latencies Latencies, int Posted, int Missing, int Repeated, int Refused, double? HitRate)
    {
        public string Rate => $"{PerSecond:#,0}/s";

        public double P99 => Latencies.P99;

        public bool NothingLost => Missing == 0 && Refused == 0;

        public string Calm => $"{Latencies}; of {Posted:#,0} {Missing} lost, {Repeated} twice, {Refused} refused";
    }
}
