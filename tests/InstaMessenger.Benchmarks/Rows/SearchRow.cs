using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>The search of an account with a million messages, for words that are frequent and rare as in a language.</summary>
internal static class SearchRow
{
    private const int Messages = 1_000_000;
    private const int Words = 20_000;
    private const int PerMessage = 10;
    private const int PerConversation = 20;
    private const int Questions = 1_000;

    public static async Task RunAsync(BenchRun run)
    {
        var folder = run.NewFolder("search");
        string account;
        await using (var empty = await Installation.StandaloneAsync(folder)) account = await empty.LinkAsync(BenchRun.Account, crm: null);
        var random = new Random(7);
        var texts = new int[Messages][];
        for (var n = 0; n < Messages; n++) texts[n] = [.. Enumerable.Range(0, PerMessage).Select(_ => Zipf(random))];
        Fill(Path.Combine(folder, "data", "store.db"), account, texts);

        await using var installation = await Installation.StandaloneAsync(folder);
        var latencies = new Latencies();
        for (var n = -50; n < Questions; n++)
        {
            // One to three words of some message, so that there is something to find, the last one not written to its end.
            var words = texts[random.Next(Messages)].OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Select(Word).ToArray();
            if (random.Next(2) == 0) words[^1] = words[^1][..^1];
            var path = $"/ui/search?account_id={account}&q={Uri.EscapeDataString(string.Join(' ', words))}";
            var since = Stopwatch.GetTimestamp();
            var answer = await installation.Http.GetStringAsync(path);
            // The first ones make ready what every later one uses.
            if (n >= 0) latencies.Record(Stopwatch.GetElapsedTime(since));
            if (words.Length == 1 && !answer.Contains("\"hit\":true", StringComparison.Ordinal))
                throw new InvalidOperationException($"{path} finds nothing.");
        }

        run.Add("search, 1,000,000 messages, 1 to 3 words", "p99 ≤ 100 ms", $"{latencies}", latencies.P99 <= 100);
    }

    /// <summary>The rank of a word: the second one is half as frequent as the first, and so on.</summary>
    private static int Zipf(Random random) => (int)Math.Pow(Words, random.NextDouble()) - 1;

    private static string Word(int rank)
    {
        const string First = "bdfghklmnprstvz";
        const string Second = "aeiou";
        var word = new StringBuilder();
        for (var rest = rank + 75; rest > 0; rest /= 75) word.Append(First[rest % 75 / 5]).Append(Second[rest % 5]);
        return word.ToString();
    }

    /// <summary>Straight into the tables, in the order of their keys: a million messages by webhook would take minutes.</summary>
    private static void Fill(string file, string account, int[][] texts)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        Execute("PRAGMA synchronous=OFF; BEGIN");
        var begin = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - (Messages * 1000L);
        Insert(
            "INSERT INTO messages (sequence, id, account_id, conversation_id, direction, kind, text, sent_at, received_at, "
                + "error_retryable, reported_step, row_version) VALUES ($0, $1, $2, $3, 'Inbound', 'Text', $4, $5, $5, 0, 0, 0)",
            Enumerable.Range(0, Messages).Select(n => new object[]
            {
                n + 1, $"msg_{n:D32}", account, $"conv_{n % (Messages / PerConversation):D32}",
                string.Join(' ', texts[n].Select(Word)), begin + (n * 1000L),
            }));
        Insert(
            "INSERT INTO conversations (id, account_id, contact_id, unread_count, last_message_at, updated_at, row_version) "
                + "VALUES ($0, $1, $2, 0, $3, $3, 0)",
            Enumerable.Range(0, Messages / PerConversation).Select(n => new object[]
            {
                $"conv_{n:D32}", account, $"2{n:D15}", begin + (Messages * 1000L),
            }));
        var scope = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(account)));
        var postings = texts.SelectMany((words, n) => words.Distinct().Select(word => (Word: word, Sequence: n + 1)))
            .ToLookup(pair => pair.Word, pair => pair.Sequence);
        Insert(
            "INSERT INTO search_terms (scope, term, sequence) VALUES ($0, $1, $2)",
            postings.Select(posting => (Term: Word(posting.Key), Sequences: posting))
                .OrderBy(posting => posting.Term, StringComparer.Ordinal)
                .SelectMany(posting => posting.Sequences.Select(sequence => new object[] { scope, posting.Term, sequence })));
        Execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");

        void Execute(string sql)
        {
            using var command = connection.CreateCommand();
            (command.CommandText, command.CommandTimeout) = (sql, 0);
            command.ExecuteNonQuery();
        }

        void Insert(string sql, IEnumerable<object[]> rows)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var row in rows)
            {
                if (command.Parameters.Count == 0)
                    for (var n = 0; n < row.Length; n++) command.Parameters.AddWithValue($"${n}", row[n]);
                for (var n = 0; n < row.Length; n++) command.Parameters[n].Value = row[n];
                command.ExecuteNonQuery();
            }
        }
    }
}
