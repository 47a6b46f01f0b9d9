using System.Diagnostics;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>Twenty accounts send as fast as they may; then Meta limits one of them. The others must not feel it.</summary>
internal static class ThrottledRow
{
    private const int Accounts = 20;

    /// <summary>Offered by each account; all together less than the machine can take, so that what is missing was held up.</summary>
    private const int PerSecond = 5;

    public static async Task RunAsync(BenchRun run)
    {
        await using var graph = await GraphReceiver.StartAsync();
        await using var installation = await Installation.StandaloneAsync(run.NewFolder("throttled"), graph.Address);
        var instagramIds = Enumerable.Range(0, Accounts).Select(n => $"{17841400000000100 + n}").ToList();
        var ids = new List<string>();
        foreach (var instagramId in instagramIds) ids.Add(await installation.LinkAsync(instagramId, crm: null));
        var limited = instagramIds[0];

        await SendAsync(installation, ids, run.Short);
        var before = await MeasureAsync(graph, limited, () => SendAsync(installation, ids, run.Sustained / 2));
        graph.Limited = limited;
        var during = await MeasureAsync(graph, limited, () => SendAsync(installation, ids, run.Sustained / 2));

        run.Add(
            $"sends of {Accounts - 1} accounts while Meta limits one more",
            "≥ 95 % of their rate before",
            $"{during:#,0.0}/s of {before:#,0.0}/s",
            during >= 0.95 * before,
            before,
            during / before);
    }

    /// <summary>The rate at which Meta takes the sends of all accounts but the limited one.</summary>
    private static async Task<double> MeasureAsync(GraphReceiver graph, string limited, Func<Task> send)
    {
        var (taken, began) = (graph.TakenExcept(limited), Stopwatch.GetTimestamp());
        await send();
        return (graph.TakenExcept(limited) - taken) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Offers sends at a fixed rate, each to a contact of its own.</summary>
    private static async Task SendAsync(Installation installation, List<string> accounts, TimeSpan duration)
    {
        var interval = TimeSpan.FromSeconds(1.0 / (PerSecond * accounts.Count));
        var (began, sends) = (Stopwatch.GetTimestamp(), new List<Task>());
        for (var n = 0; interval * n < duration; n++)
        {
            var early = (interval * n) - Stopwatch.GetElapsedTime(began);
            if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System);
            sends.Add(SendAsync(installation, accounts[n % accounts.Count]));
        }

        await Task.WhenAll(sends);
    }

    private static async Task SendAsync(Installation installation, string account)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages/send")
        {
            Content = JsonContent.Create(new
            {
                account_id = account, recipient_id = $"2{Random.Shared.NextInt64(1_000_000_000_000_000)}", message = "Is it there yet?",
            }),
        };
        request.Headers.Add("Prefer", "respond-async");
        using var response = await installation.Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
