using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Benchmarks.Load;

/// <summary>
/// Messages and their index, straight into the store's tables, in the order of their keys: a million by webhook would take minutes.
/// </summary>
internal static class SearchedMessages
{
    /// <summary>Rows in one transaction: a server keeps an undo log of each.</summary>
    private const int PerCommit = 100_000;

    /// <summary>Fills the tables.</summary>
    /// <param name="connection">To the store's database, not open yet.</param>
    /// <param name="account">Whose messages they are.</param>
    /// <param name="perConversation">How many there are in each thread.</param>
    /// <param name="texts">The ranks of the words of each message.</param>
    public static async Task FillAsync(DbConnection connection, string account, int perConversation, int[][] texts)
    {
        await connection.OpenAsync();
        if (connection is SqliteConnection) await ExecuteAsync(connection, "PRAGMA synchronous=OFF");
        var (threads, begin) = (
            texts.Length / perConversation, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - (texts.Length * 1000L));
        await InsertAsync(
            connection,
            "messages (direction, kind, error_retryable, reported_step, row_version, sequence, id, account_id, conversation_id, text, "
                + "sent_at, received_at)",
            "'Inbound', 'Text', 0, 0, 0, ",
            texts.Select((words, n) => new object[]
            {
                n + 1, $"msg_{n:D32}", account, $"conv_{n % threads:D32}", string.Join(' ', words.Select(Word)), begin + (n * 1000L),
                begin + (n * 1000L),
            }));
        await InsertAsync(
            connection,
            "conversations (unread_count, row_version, id, account_id, contact_id, last_message_at, updated_at)",
            "0, 0, ",
            Enumerable.Range(0, threads).Select(n => new object[]
            {
                $"conv_{n:D32}", account, $"2{n:D15}", begin + (texts.Length * 1000L), begin + (texts.Length * 1000L),
            }));
        await InsertAsync(
            connection,
            "searched_messages (sequence, terms)",
            "",
            texts.Select((words, n) => new object[] { n + 1, string.Join('\n', words.Distinct().Select(Word)) }));
        var scope = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(account)));
        var postings = texts.SelectMany((words, n) => words.Distinct().Select(word => (Word: word, Sequence: n + 1)))
            .ToLookup(pair => pair.Word, pair => pair.Sequence);
        await InsertAsync(
            connection,
            "search_terms (scope, term, sequence)",
            "",
            postings.Select(posting => (Term: Word(posting.Key), Sequences: posting))
                .OrderBy(posting => posting.Term, StringComparer.Ordinal)
                .SelectMany(posting => posting.Sequences.Select(sequence => new object[] { scope, posting.Term, sequence })));
        await ExecuteAsync(
            connection,
            connection is SqliteConnection ? "PRAGMA wal_checkpoint(TRUNCATE)" : "ANALYZE TABLE search_terms, searched_messages");
    }

    /// <summary>The word of a rank, of two letters a syllable.</summary>
    public static string Word(int rank)
    {
        const string First = "bdfghklmnprstvz";
        const string Second = "aeiou";
        var word = new StringBuilder();
        for (var rest = rank + 75; rest > 0; rest /= 75) word.Append(First[rest % 75 / 5]).Append(Second[rest % 5]);
        return word.ToString();
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>SQLite takes a row fastest, by one prepared statement; a server wants many in one.</summary>
    private static async Task InsertAsync(DbConnection connection, string columns, string constants, IEnumerable<object[]> rows)
    {
        var together = connection is SqliteConnection ? 1 : 500;
        foreach (var part in rows.Chunk(PerCommit))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            foreach (var chunk in part.Chunk(together))
            {
                if (command.Parameters.Count != chunk.Length * chunk[0].Length) Write(command, columns, constants, chunk);
                var next = 0;
                foreach (var value in chunk.SelectMany(row => row)) command.Parameters[next++].Value = value;
                await command.ExecuteNonQueryAsync();
            }

            await transaction.CommitAsync();
        }
    }

    private static void Write(DbCommand command, string columns, string constants, object[][] rows)
    {
        command.Parameters.Clear();
        var sql = new StringBuilder($"INSERT INTO {columns} VALUES ");
        foreach (var row in rows)
        {
            if (command.Parameters.Count > 0) sql.Append(", ");
            sql.Append('(').Append(constants).AppendJoin(", ", row.Select(_ => Parameter(command))).Append(')');
        }

        command.CommandText = sql.ToString();
    }

    private static string Parameter(DbCommand command)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = $"@p{command.Parameters.Count}";
        command.Parameters.Add(parameter);
        return parameter.ParameterName;
    }
}
