using System.Data.Common;
using System.Diagnostics;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;
using Microsoft.Data.Sqlite;
using MySqlConnector;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>The search of an account with a million messages, for words that are frequent and rare as in a language.</summary>
internal static class SearchRow
{
    private const int Messages = 1_000_000;
    private const int Words = 20_000;
    private const int PerMessage = 10;
    private const int PerConversation = 20;
    private const int Questions = 1_000;

    public static Task RunAsync(BenchRun run)
    {
        var folder = run.NewFolder("search");
        return RunAsync(
            run,
            "search",
            () => Installation.StandaloneAsync(folder),
            () => new SqliteConnection($"Data Source={Path.Combine(folder, "data", "store.db")};Pooling=false"));
    }

    public static async Task OnMariaDbAsync(BenchRun run)
    {
        var (folder, server) = (run.NewFolder("search-mariadb"), await run.MariaDbAsync());
        var databases = new Dictionary<string, string>();
        foreach (var service in new[] { "Store", "Sender", "CrmForwarder" }) databases[service] = await server.NewDatabaseAsync();
        await RunAsync(
            run,
            "search on MariaDB",
            () => Installation.StandaloneAsync(folder, databases),
            () => new MySqlConnection(databases["Store"] + ";Pooling=false;Default Command Timeout=0"));
    }

    private static async Task RunAsync(BenchRun run, string what, Func<Task<Installation>> startAsync, Func<DbConnection> connect)
    {
        string account;
        await using (var empty = await startAsync()) account = await empty.LinkAsync(BenchRun.Account, crm: null);
        var random = new Random(7);
        var texts = new int[Messages][];
        for (var n = 0; n < Messages; n++) texts[n] = [.. Enumerable.Range(0, PerMessage).Select(_ => Zipf(random))];
        await using (var connection = connect()) await SearchedMessages.FillAsync(connection, account, PerConversation, texts);

        await using var installation = await startAsync();
        var latencies = new Latencies();
        for (var n = -50; n < Questions; n++)
        {
            // One to three words of some message, so that there is something to find, the last one not written to its end.
            var words = texts[random.Next(Messages)].OrderBy(_ => random.Next()).Take(random.Next(1, 4))
                .Select(SearchedMessages.Word).ToArray();
            if (random.Next(2) == 0) words[^1] = words[^1][..^1];
            var path = $"/ui/search?account_id={account}&q={Uri.EscapeDataString(string.Join(' ', words))}";
            var since = Stopwatch.GetTimestamp();
            var answer = await installation.Http.GetStringAsync(path);
            // The first ones make ready what every later one uses.
            if (n >= 0) latencies.Record(Stopwatch.GetElapsedTime(since));
            if (words.Length == 1 && !answer.Contains("\"hit\":true", StringComparison.Ordinal))
                throw new InvalidOperationException($"{path} finds nothing.");
        }

        run.Add($"{what}, 1,000,000 messages, 1 to 3 words", "p99 ≤ 100 ms", $"{latencies}", latencies.P99 <= 100);
    }

    /// <summary>The rank of a word: the second one is half as frequent as the first, and so on.</summary>
    private static int Zipf(Random random) => (int)Math.Pow(Words, random.NextDouble()) - 1;
}
