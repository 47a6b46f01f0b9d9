using System.Diagnostics;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>The conversation list and a thread, of an account with a million messages and of one with ten thousand.</summary>
internal static class ReadsRow
{
    private const int PerConversation = 20;
    private const int Rounds = 4;

    public static async Task RunAsync(BenchRun run)
    {
        await using var large = await StartAsync(run, 1_000_000);
        await using var small = await StartAsync(run, 10_000);
        await CompareAsync(run, "conversation list", large, small, inbox => inbox.ListAsync());
        await CompareAsync(run, "thread", large, small, inbox => inbox.ThreadAsync());
    }

    private static async Task CompareAsync(BenchRun run, string what, Inbox large, Inbox small, Func<Inbox, Task> read)
    {
        var (ofLarge, ofSmall) = (new Latencies(), new Latencies());
        foreach (var inbox in new[] { small, large }) await RepeatAsync(() => read(inbox), new Latencies(), run.Short / Rounds);
        for (var round = 0; round < Rounds; round++)
        {
            await RepeatAsync(() => read(small), ofSmall, run.Short / Rounds);
            await RepeatAsync(() => read(large), ofLarge, run.Short / Rounds);
        }

        var ratio = ofLarge.P99 / ofSmall.P99;
        BenchRun.Say($"{what}: with 10,000 messages {ofSmall} ({ofSmall.Count} reads), with 1,000,000 {ofLarge} ({ofLarge.Count} reads)");
        run.Add(
            $"{what}, 1,000,000 messages in 50,000 conversations",
            "p99 ≤ 30 ms, ≤ 1.5 × of 10,000",
            $"{ofLarge}",
            ofLarge.P99 <= 30 && ratio <= 1.5,
            ofSmall.P99,
            ratio);
    }

    private static async Task RepeatAsync(Func<Task> read, Latencies latencies, TimeSpan duration)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < duration;)
        {
            var since = Stopwatch.GetTimestamp();
            await read();
            latencies.Record(Stopwatch.GetElapsedTime(since));
        }
    }

    private static async Task<Inbox> StartAsync(BenchRun run, int messages)
    {
        var folder = run.NewFolder($"reads-{messages}");
        string account;
        await using (var empty = await Installation.StandaloneAsync(folder)) account = await empty.LinkAsync(BenchRun.Account, crm: null);
        await FillAsync(Path.Combine(folder, "data", "store.db"), account, messages);
        return new Inbox(await Installation.StandaloneAsync(folder), account, messages / PerConversation);
    }

    /// <summary>
    /// Straight into the tables, as a million webhooks would take minutes. Neighbours in time belong to different conversations, as in
    /// life, so that a thread's messages lie all over the file.
    /// </summary>
    internal static async Task FillAsync(string file, string account, int messages)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            PRAGMA synchronous=OFF;
            BEGIN;
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $messages)
            INSERT INTO messages (
                id, account_id, conversation_id, instagram_message_id, direction, kind, text,
                sent_at, received_at, status, error_retryable, reported_step, row_version)
            SELECT printf('msg_%032d', i), $account, printf('conv_%032d', i % $conversations),
                printf('aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3ODQxNDAwMDAwMDAwMDAxOjM0MDI4MjM2Njg0MTcxMDMw%020d', i),
                iif(i % 3, 'Inbound', 'Outbound'), 'Text',
                'Hello, is the blue one still there in size M? I would take two if you ship before Friday. ' || i,
                $begin + i * 1000, $begin + i * 1000 + 800, iif(i % 3, NULL, 'Sent'), 0, 0, 0
            FROM n;
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $conversations)
            INSERT INTO conversations (
                id, account_id, contact_id, contact_username, unread_count,
                last_inbound_at, last_message_id, last_message_at, updated_at, row_version)
            SELECT printf('conv_%032d', i), $account, printf('2%015d', i), 'customer_' || i, i % 3,
                $begin + ($messages - $conversations + i) * 1000,
                printf('msg_%032d', $messages - $conversations + i), $begin + ($messages - $conversations + i) * 1000,
                $begin + $messages * 1000, 0
            FROM n;
            COMMIT;
            PRAGMA wal_checkpoint(TRUNCATE);
            """;
        command.Parameters.AddWithValue("$messages", messages);
        command.Parameters.AddWithValue("$conversations", messages / PerConversation);
        command.Parameters.AddWithValue("$account", account);
        command.Parameters.AddWithValue("$begin", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - (messages * 1000L));
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }

    /// <summary>What an agent looks at.</summary>
    private sealed class Inbox(Installation installation, string account, int conversations) : IAsyncDisposable
    {
        private readonly Random _random = new(7);

        public Task ListAsync() => ReadAsync($"/ui/conversations?account_id={account}");

        public Task ThreadAsync() => ReadAsync($"/ui/conversations/conv_{_random.Next(conversations):D32}/messages");

        public ValueTask DisposeAsync() => installation.DisposeAsync();

        private async Task ReadAsync(string path)
        {
            var page = await installation.Http.GetStringAsync(path);
            if (!page.Contains("size M?", StringComparison.Ordinal))
                throw new InvalidOperationException($"{path} shows no message: {page}");
        }
    }
}
