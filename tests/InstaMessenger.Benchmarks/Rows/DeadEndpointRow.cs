using System.Net;
using System.Net.Sockets;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>
/// What the CRMs of nine accounts feel when that of a tenth accepts connections and never answers. In turns with all ten well, because a
/// machine's speed changes within minutes.
/// </summary>
internal static class DeadEndpointRow
{
    private const int Accounts = 10;
    private const int Rounds = 2;
    private const int ConnectionsEach = 7;
    private const int UnderWay = 4_000;
    private const int MostPerSecond = 20_000;

    /// <summary>What comes for the tenth account meanwhile, in each form.</summary>
    private const double TenthPerSecond = 100;

    public static async Task RunAsync(BenchRun run)
    {
        using var none = new Journeys(1);
        await using var crm = await CrmReceiver.StartAsync(none);
        await using var installation = await Installation.StandaloneAsync(run.NewFolder("dead-endpoint"));
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(1_000);
        for (var number = 1; number <= Accounts; number++) await installation.LinkAsync(IdOf(number), crm.Address);
        var nowhere = new Uri($"http://{silent.LocalEndpoint}/crm");

        // The first one warms up.
        await MeasureAsync(run, installation, crm, -1);
        var (well, dead) = (new List<Result>(), new List<Result>());
        for (var round = 0; round < Rounds; round++)
        {
            await installation.LinkAsync(IdOf(Accounts), crm.Address);
            well.Add(await MeasureAsync(run, installation, crm, 2 * round));
            await installation.LinkAsync(IdOf(Accounts), nowhere);
            dead.Add(await MeasureAsync(run, installation, crm, (2 * round) + 1));
            BenchRun.Say($"round {round}: all well {well[^1]}; one dead {dead[^1]}");
        }

        var (rate, before) = (dead.Average(result => result.PerSecond), well.Average(result => result.PerSecond));
        run.Add(
            "webhook → stored → CRM, nine accounts of which the tenth's CRM is dead",
            "0.9 × with all well",
            $"{rate:#,0}/s",
            rate >= 0.9 * before,
            before,
            rate / before);
        var (p99, p99Before) = (dead.Average(result => result.P99), well.Average(result => result.P99));
        run.Add(
            "the same at half that rate",
            "p99 ≤ 2 × with all well, nothing lost",
            $"p99 {p99:0} ms; {dead.Sum(result => result.Missing)} lost",
            p99 <= 2 * p99Before && dead.TrueForAll(result => result.Missing == 0),
            p99Before,
            p99 / p99Before);
    }

    private static string IdOf(int number) => $"178414000000{number:00000}";

    private static async Task<Result> MeasureAsync(BenchRun run, Installation installation, CrmReceiver crm, int part)
    {
        var each = (int)(MostPerSecond * run.Short.TotalSeconds * 2);
        // Numbers that no part before had: a message that is posted twice is told once.
        var first = (part + 1) * Accounts * each;
        using var journeys = new Journeys(first + ((Accounts - 1) * each), UnderWay);
        crm.Journeys = journeys;
        var loads = Enumerable.Range(1, Accounts - 1).Select(number => new WebhookLoad(
            installation.Webhooks, new WebhookRequests(IdOf(number)), ConnectionsEach)
        {
            First = first + ((number - 1) * each),
            BeforePost = journeys.SetOutAsync,
        }).ToList();
        var tenth = new WebhookLoad(installation.Webhooks, new WebhookRequests(IdOf(Accounts)), 4)
        {
            First = first + ((Accounts - 1) * each),
        };

        var beside = tenth.RunAsync(run.Short, TenthPerSecond);
        await Task.WhenAll(loads.Select(load => load.RunAsync(run.Short)));
        var perSecond = journeys.Arrived / run.Short.TotalSeconds;
        await beside;
        var missing = await journeys.WaitForAllAsync();

        journeys.Latencies = new Latencies();
        beside = tenth.RunAsync(run.Short, TenthPerSecond);
        await Task.WhenAll(loads.Select(load => load.RunAsync(run.Short, perSecond / 2 / loads.Count)));
        await beside;
        missing += await journeys.WaitForAllAsync();
        return new Result(perSecond, journeys.Latencies.P99, missing);
    }

    private sealed record Result(double PerSecond, double P99, int Missing)
    {
        public override string ToString() => $"{PerSecond:0}/s, p99 {P99:0} ms, {Missing} lost";
    }
}
