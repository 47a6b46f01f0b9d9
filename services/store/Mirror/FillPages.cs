using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Mirror;

/// <summary>
/// Reads what there is, page by page, for a mirror that begins with a product which has history already: the log neither goes back for ever
/// nor tells of imports. What is written behind the place while it goes on is told by events.
/// </summary>
internal static class FillPages
{
    /// <summary>Few, because on SQLite every other writer waits for the page.</summary>
    private const int MostMessages = 400;

    private const int MostThreads = 100;

    /// <summary>Bytes of the messages of a page, at most, unless the first one alone has more.</summary>
    private const int MostBytes = 1024 * 1024;

    /// <summary>Reads the page behind a place.</summary>
    public static async Task<Filled> ReadAsync(StoreDbContext db, FillPlace place, DateTimeOffset now)
    {
        var messages = await RestAsync(db, place);
        var threads = messages.Count < MostMessages ? await ThreadsAsync(db, place) : [];
        var ids = threads.Select(thread => thread.Id).ToList();
        var theirs = db.Messages.Where(row => ids.Contains(row.ConversationId)).OrderBy(row => row.ConversationId);
        if (ids.Count > 0) messages.AddRange(await MessagesAsync(db, theirs, MostMessages - messages.Count));
        await Quotes.FillAsync(db, messages);
        var (bodies, bytes) = (new List<byte[]>(messages.Count), 0);
        foreach (var message in messages)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(MessageView.Of(message) with { Raw = null }, ApiJson.Options);
            bytes += body.Length;
            if (bodies.Count > 0 && bytes > MostBytes) break;
            bodies.Add(body);
        }

        var views = await ConversationView.ListAsync(db, [.. threads], now, CancellationToken.None);
        return new Filled(
            place,
            NextOf(place, messages, bodies.Count, threads),
            [.. views.Select(view => JsonSerializer.SerializeToUtf8Bytes(view with { LastMessage = null }, ApiJson.Options))],
            bodies);
    }

    /// <summary>The place behind a page; null when there is no more.</summary>
    private static FillPlace? NextOf(
        FillPlace place, List<Message> messages, int taken, IReadOnlyList<Conversation> threads)
    {
        if (taken < messages.Count || taken == MostMessages)
        {
            var last = messages[taken - 1];
            return place with
            {
                ConversationId = last.ConversationId, SentAt = last.SentAt.ToUnixTimeMilliseconds(), Message = last.Sequence,
            };
        }

        return threads.Count < MostThreads ? null : place with { ConversationId = threads[^1].Id, SentAt = long.MaxValue, Message = 0 };
    }

    /// <summary>The rest of the thread that was begun.</summary>
    private static async Task<List<Message>> RestAsync(StoreDbContext db, FillPlace place)
    {
        if (place.ConversationId is not { } thread || place.SentAt == long.MaxValue) return [];
        var (at, sequence) = (DateTimeOffset.FromUnixTimeMilliseconds(place.SentAt), place.Message);
        return await MessagesAsync(
            db,
            db.Messages.Where(row => row.ConversationId == thread && (row.SentAt > at || (row.SentAt == at && row.Sequence > sequence)))
                .OrderBy(row => row.ConversationId),
            MostMessages);
    }

    private static async Task<List<Message>> MessagesAsync(StoreDbContext db, IOrderedQueryable<Message> messages, int limit) =>
        [.. await db.ReadableAsync(
            first => messages.ThenBy(row => row.SentAt).ThenBy(row => row.Sequence).Take(first).AsNoTracking()
                .Include(row => row.Attachments).AsSplitQuery(),
            limit)];

    private static Task<IReadOnlyList<Conversation>> ThreadsAsync(StoreDbContext db, FillPlace place)
    {
        // SQL, because the order of ids of our own types has no form in LINQ.
        var after = place.ConversationId?.Value ?? "";
        var threads = db.Conversations.FromSql($"SELECT * FROM conversations WHERE id > {after}").AsNoTracking();
        if (place.AccountId is { } account) threads = threads.Where(row => row.AccountId == account);
        return db.ReadableAsync(first => threads.OrderBy(row => row.Id).Take(first), MostThreads);
    }
}
