using System.Diagnostics;
using System.Text.Json;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>
/// A thousand clients of the live stream, each of which gets every event: how long the last one waits, and whether clients that are cut at
/// random miss or repeat anything. The clients share the machine, and take more of it than the product does.
/// </summary>
internal static class ClientsRow
{
    private const int Clients = 1_000;
    private const int PerSecond = 10;

    /// <summary>While clients are cut; a tenth of them in each second.</summary>
    private const int PerSecondUnderCuts = 50;

    private static readonly TimeSpan CutEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(BenchRun run)
    {
        await using var installation = await Installation.StandaloneAsync(run.NewFolder("clients"));
        await installation.LinkAsync(BenchRun.Account, crm: null);
        var most = (int)(PerSecondUnderCuts * run.Sustained.TotalSeconds * 4);
        var (since, arrivals, latencies) = (new long[most], new int[most], new Latencies());
        using var end = new CancellationTokenSource();
        var followers = Enumerable.Range(0, Clients).Select(_ => new StreamFollower(installation.Http, Arrive)).ToList();
        var following = new List<Task>();
        foreach (var some in followers.Chunk(50))
        {
            following.AddRange(some.Select(follower => follower.RunAsync(end.Token)));
            await Task.WhenAll(some.Select(follower => follower.Opened));
        }

        var load = new WebhookLoad(installation.Webhooks, new WebhookRequests(BenchRun.Account), connections: 16)
        {
            BeforePost = (number, at) =>
            {
                since[number] = at;
                return Task.CompletedTask;
            },
        };
        // The first ones compile what all later ones use.
        await load.RunAsync(run.Sustained / 4, PerSecond);
        await CaughtUpAsync();
        latencies = new Latencies();
        await load.RunAsync(run.Sustained / 2, PerSecond);
        var behind = await CaughtUpAsync();
        run.Add(
            $"webhook → the last of {Clients:#,0} SSE clients at {PerSecond}/s",
            "p99 ≤ 100 ms",
            $"{latencies}; {behind} clients behind",
            latencies.P99 <= 100 && behind == 0);

        var cutting = CutAsync();
        await load.RunAsync(run.Sustained / 2, PerSecondUnderCuts);
        await cutting;
        behind = await CaughtUpAsync();
        var (gaps, repeats) = (followers.Sum(follower => follower.Gaps), followers.Sum(follower => follower.Repeats));
        run.Add(
            $"{Clients:#,0} SSE clients cut at random at {PerSecondUnderCuts}/s",
            "no gap, no repeat, all there",
            $"{followers.Sum(follower => follower.Connections) - Clients:#,0} cuts; {gaps} gaps, {repeats} repeats, {behind} clients "
                + "behind",
            gaps == 0 && repeats == 0 && behind == 0);
        await end.CancelAsync();
        await Task.WhenAll(following);

        void Arrive(int number)
        {
            if (number < 0 || Interlocked.Increment(ref arrivals[number]) != Clients) return;
            latencies.Record(Stopwatch.GetElapsedTime(since[number]));
        }

        // Ends when the load does.
        async Task CutAsync()
        {
            var until = Stopwatch.GetTimestamp() + (long)(run.Sustained.TotalSeconds / 2 * Stopwatch.Frequency);
            using var timer = new PeriodicTimer(CutEvery);
            while (Stopwatch.GetTimestamp() < until && await timer.WaitForNextTickAsync())
                for (var n = 0; n < Clients / 100; n++) followers[Random.Shared.Next(Clients)].Cut();
        }

        // Waits until every client has the end of the log, or none has come nearer for 20 s; returns how many have not.
        async Task<int> CaughtUpAsync()
        {
            var (head, moved, sum) = (await HeadAsync(), Stopwatch.GetTimestamp(), 0L);
            while (followers.Exists(follower => follower.Last < head) && Stopwatch.GetElapsedTime(moved) < Standstill)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
                (head, var now) = (await HeadAsync(), followers.Sum(follower => follower.Last));
                if (now != sum) (sum, moved) = (now, Stopwatch.GetTimestamp());
            }

            return followers.Count(follower => follower.Last < head);
        }

        async Task<long> HeadAsync()
        {
            using var page = JsonDocument.Parse(await installation.Http.GetStringAsync($"/api/v1/events?after={long.MaxValue}"));
            return page.RootElement.GetProperty("last_sequence").GetInt64();
        }
    }
}
