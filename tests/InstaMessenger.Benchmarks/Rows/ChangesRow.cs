using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>
/// What a reaction and a read receipt cost beside a message, from the webhook to the CRM. Processor time of the product alone is compared,
/// in turns: it says the same on a machine that has other work.
/// </summary>
internal static class ChangesRow
{
    private const int Each = 10_000;
    private const int Rounds = 8;
    private const int Connections = 64;
    private const int UnderWay = 4_000;

    public static async Task RunAsync(BenchRun run)
    {
        using var none = new Journeys(1);
        await using var crm = await CrmReceiver.StartAsync(none);
        await using var installation = await Installation.StandaloneAsync(run.NewFolder("changes"));
        await installation.LinkAsync(BenchRun.Account, crm.Address);
        var (messages, reactions, reads) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            messages.Add(await MeasureAsync(installation, crm, round * Each, WebhookThings.Text));
            reactions.Add(await MeasureAsync(installation, crm, round * Each, WebhookThings.Love));
            reads.Add(await MeasureAsync(installation, crm, round * Each, WebhookThings.Read));
            BenchRun.Say($"round {round}: message {messages[^1]:0}, reaction {reactions[^1]:0}, read {reads[^1]:0} µs");
        }

        Add("a reaction", reactions);
        Add("a read receipt", reads);

        void Add(string what, List<double> costs)
        {
            var (cost, message) = (Steady(costs), Steady(messages));
            run.Add(
                $"{what}, webhook → stored → CRM, standalone",
                "1 × a message",
                $"{cost:0} µs of processor; a message {message:0}",
                cost <= message,
                message,
                cost / message);
        }
    }

    /// <summary>Without the first half, in which the process still compiles.</summary>
    private static double Steady(List<double> costs) => costs.Skip(Rounds / 2).Average();

    /// <returns>Microseconds of processor time of the product for each.</returns>
    /// <exception cref="InvalidOperationException">Some never arrived.</exception>
    private static async Task<double> MeasureAsync(Installation installation, CrmReceiver crm, int first, WebhookThing what)
    {
        using var journeys = new Journeys(first + Each, UnderWay);
        crm.Journeys = journeys;
        var cpu = new Cpu(installation.Processes);
        var load = new WebhookLoad(installation.Webhooks, new WebhookRequests(BenchRun.Account, what: what), Connections)
        {
            First = first,
            BeforePost = journeys.SetOutAsync,
        };
        await load.PostAsync(Each);
        var missing = await journeys.WaitForAllAsync();
        return missing == 0 && load.Refused == 0
            ? cpu.OwnMicrosecondsPer(Each)
            : throw new InvalidOperationException($"{missing} never arrived, {load.Refused} were refused");
    }
}
