using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>Webhooks answered 200 and durable, compared with the least that could do it.</summary>
internal static class IngressRow
{
    private const int Connections = 256;
    private const int Rounds = 3;
    private const int Ordinary = 300;

    public static async Task RunAsync(BenchRun run)
    {
        // With a broker, as in life: the relay works on the same two cores while webhooks come in.
        await using var ingress = await Installation.StartIngressAsync(run.NewFolder("ingress"), await run.VirtualHostAsync());
        await using var accept = await run.StartAcceptAsync();
        var (ours, reference) = (LoadFor(ingress), LoadFor(accept));
        var warmUp = TimeSpan.FromSeconds(3);
        await ours.RunAsync(warmUp);
        await reference.RunAsync(warmUp);

        var (ourRates, referenceRates, slowest, count) = (new List<double>(), new List<double>(), 0.0, 0);
        var cpu = new Cpu([ingress, accept]);
        for (var round = 0; round < Rounds; round++)
        {
            // In turn, so that a noisy neighbour disturbs both.
            var theirs = await reference.RunAsync(run.Short / Rounds);
            var answers = await ours.RunAsync(run.Short / Rounds);
            referenceRates.Add(theirs.PerSecond);
            ourRates.Add(answers.PerSecond);
            slowest = Math.Max(slowest, answers.P99);
            count += answers.Count;
            BenchRun.Say($"accept {theirs.PerSecond:0}/s ({theirs}), ingress {answers.PerSecond:0}/s ({answers})");
        }

        BenchRun.Say($"{cpu.Per(count)}");
        var (rate, bare) = (ourRates.Order().ElementAt(Rounds / 2), referenceRates.Order().ElementAt(Rounds / 2));
        var refused = ours.Refused + reference.Refused;
        run.Add(
            "webhooks answered 200 and durable",
            "0.5 × accept, p99 ≤ 50 ms",
            $"{rate:#,0}/s, p99 {slowest:0.0} ms, {refused} refused",
            rate >= 0.5 * bare && slowest <= 50 && refused == 0,
            bare,
            rate / bare);

        var calm = await ours.RunAsync(run.Short, Ordinary);
        run.Add($"the same at {Ordinary}/s", "p99 ≤ 10 ms", $"{calm}", calm.P99 <= 10 && ours.Refused == 0);
    }

    private static WebhookLoad LoadFor(ProcessUnderTest process) =>
        new([process.EndPoint], new WebhookRequests(BenchRun.Account), Connections);
}
