using System.Diagnostics;
using System.Text.Json;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>The list of accounts, and how they stand, with ten thousand of them: pages of 50 from anywhere.</summary>
internal static class AccountsRow
{
    private const int Accounts = 10_000;

    /// <summary>Far enough that nothing of it is due while the row runs.</summary>
    private const long Later = 4_000_000_000_000;

    public static async Task RunAsync(BenchRun run)
    {
        var folder = run.NewFolder("accounts");
        await using (var empty = await Installation.StandaloneAsync(folder)) await empty.LinkAsync(BenchRun.Account, crm: null);
        var data = Path.Combine(folder, "data");
        Fill(Path.Combine(data, "store.db"), ("accounts", "id", ", instagram_account_id = '3' || $number, messaging_channel_id = NULL"),
            ("account_histories", "account_id", $", sweep_at = {Later}"));
        Fill(Path.Combine(data, "sender.db"), ("accounts", "account_id", ""),
            ("checkups", "account_id", $", check_due_at = {Later}, refresh_due_at = {Later}, health_due_at = NULL"));
        await using var installation = await Installation.StandaloneAsync(folder);
        await MeasureAsync(run, installation, "accounts");
        await MeasureAsync(run, installation, "health/accounts");
    }

    private static async Task MeasureAsync(BenchRun run, Installation installation, string list)
    {
        var pages = await PagesAsync(installation, $"/api/v1/{list}");
        if (pages.Count < Accounts / 50) throw new InvalidOperationException($"{list} has {pages.Count} pages.");
        var (random, latencies) = (new Random(7), new Latencies());
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < run.Short;)
        {
            var since = Stopwatch.GetTimestamp();
            await installation.Http.GetStringAsync(pages[random.Next(pages.Count)]);
            latencies.Record(Stopwatch.GetElapsedTime(since));
        }

        BenchRun.Say($"{list}: {latencies} ({latencies.Count} reads)");
        run.Add($"{list}, a page of 50 of 10,000 accounts", "p99 ≤ 30 ms", $"{latencies}", latencies.P99 <= 30);
    }

    private static async Task<List<string>> PagesAsync(Installation installation, string list)
    {
        var pages = new List<string>();
        for (var page = list; ;)
        {
            pages.Add(page);
            var answer = JsonElement.Parse(await installation.Http.GetStringAsync(page));
            if (answer.GetProperty("next_cursor").GetString() is not { } next) return pages;
            page = $"{list}?cursor={next}";
        }
    }

    /// <summary>
    /// Straight into the tables, as copies of the account that was linked: ten thousand links would be as many calls to Meta.
    /// </summary>
    private static void Fill(string file, params (string Table, string Key, string More)[] tables)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        foreach (var (table, key, more) in tables)
        {
            command.CommandText = $"CREATE TEMP TABLE copy AS SELECT * FROM {table} LIMIT 1";
            command.ExecuteNonQuery();
            command.CommandText = $"UPDATE copy SET {key} = $id{more}; INSERT INTO {table} SELECT * FROM copy;";
            for (var number = 1; number < Accounts; number++)
            {
                command.Parameters.Clear();
                command.Parameters.AddWithValue("$id", $"acc_{number:D32}");
                command.Parameters.AddWithValue("$number", $"{number:D16}");
                command.ExecuteNonQuery();
            }

            command.CommandText = "DROP TABLE copy";
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
