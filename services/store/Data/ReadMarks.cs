using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Data;

/// <summary>
/// Marks the messages of threads that receipts say were read: all of the business's up to a moment. A unit collects its marks and writes
/// them with everything else, in one statement for all threads, because a bundle has a receipt for each message in it.
/// </summary>
internal static class ReadMarks
{
    /// <summary>Few enough for every database's parameters and plans.</summary>
    private const int MostThreads = 100;

    /// <summary>Takes a receipt into a thread, whose row is locked. Returns whether it says something new.</summary>
    public static bool Set(StoreDbContext db, Conversation conversation, ReadReceipt receipt)
    {
        if (conversation.Read(receipt) is not { } part) return false;
        var mark = new Mark(conversation.Id, part.After ?? DateTimeOffset.UnixEpoch, receipt.UpTo, receipt.At);
        foreach (var message in db.Arrived) mark.Apply(message);
        db.Append(mark);
        return true;
    }

    /// <summary>
    /// Marks what the unit holds, before it is written: what is written by itself must not be changed beside that, since its version would
    /// be another one.
    /// </summary>
    public static void Apply(IReadOnlyCollection<Message> held, IReadOnlyCollection<Mark> marks)
    {
        var ofThread = marks.ToLookup(mark => mark.Conversation);
        foreach (var message in held)
        {
            foreach (var mark in ofThread[message.ConversationId]) mark.Apply(message);
        }
    }

    /// <summary>Marks the rows that the unit does not hold; those that it does are written already and say so.</summary>
    public static async Task WriteAsync(StoreDbContext db, IReadOnlyCollection<Mark> marks)
    {
        // A thread has one mark in a statement. A second one is nearly never there.
        var rounds = marks.GroupBy(mark => mark.Conversation).SelectMany(marks => marks.Select((mark, round) => (mark, round)))
            .GroupBy(pair => pair.round, pair => pair.mark).OrderBy(round => round.Key);
        // SQLite looks each parameter up by its name among all of the statement, and has no network between two: thread by thread there.
        var together = db.Database.IsSqlite() ? 1 : MostThreads;
        await using var statement = new PreparedStatement(db);
        foreach (var chunk in rounds.SelectMany(round => round.Chunk(together)))
        {
            var (sql, arguments) = ToSql(chunk);
            await statement.RunAsync(sql, arguments);
        }
    }

    /// <summary>
    /// Writes the statement: each thread is one range of the index of threads, in both databases. It has no form in LINQ, which cannot join
    /// a table with a list of ranges.
    /// </summary>
    internal static (string Sql, object[] Arguments) ToSql(IReadOnlyCollection<Mark> marks)
    {
        var (when, where, arguments) = (new StringBuilder(), new StringBuilder(), new List<object>());
        foreach (var mark in marks)
        {
            var (thread, at) = (Add(mark.Conversation.Value), Add(mark.At.ToUnixTimeMilliseconds()));
            when.Append($" WHEN {thread} THEN {at}");
            where.Append(where.Length == 0 ? "" : " OR ").Append($"(conversation_id = {thread} AND sent_at > ")
                .Append($"{Add(mark.After.ToUnixTimeMilliseconds())} AND sent_at <= {Add(mark.UpTo.ToUnixTimeMilliseconds())}")
                .Append($" AND direction = 'Outbound' AND status IN ('Sent', 'Read') AND (read_at IS NULL OR read_at > {at}))");
        }

        return (
            $"UPDATE messages SET read_at = CASE conversation_id{when} END, status = 'Read', row_version = row_version + 1 WHERE {where}",
            [.. arguments]);

        string Add(object value)
        {
            arguments.Add(value);
            return $"{{{arguments.Count - 1}}}";
        }
    }

    /// <summary>A part of a thread that was read.</summary>
    /// <param name="After">Where it begins; what was sent at this moment is not in it.</param>
    /// <param name="UpTo">Where it ends; what was sent at this moment is in it.</param>
    /// <param name="At">When it was read.</param>
    internal sealed record Mark(ConversationId Conversation, DateTimeOffset After, DateTimeOffset UpTo, DateTimeOffset At)
    {
        public void Apply(Message message)
        {
            if (message.ConversationId == Conversation && message.SentAt > After && message.SentAt <= UpTo) message.MarkRead(At);
        }
    }
}
