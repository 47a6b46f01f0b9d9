using System.ComponentModel.DataAnnotations.Schema;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Finds the newest message of the business up to a moment, for receipts that name only the moment.</summary>
internal sealed class NewestReadMessages
{
    /// <summary>How many messages of the customer may stand behind it: a thread may have thousands, and nothing of the business.</summary>
    private const int MostBehind = 200;

    /// <summary>SQLite takes 500 queries in one statement.</summary>
    private const int MostThreads = 200;

    private readonly Dictionary<(ConversationId, DateTimeOffset), MessageId> _found = [];

    /// <summary>Looks for all of a bundle in one statement: each is a short walk along the index of its thread.</summary>
    public static async Task<NewestReadMessages> LoadAsync(
        StoreDbContext db, IReadOnlyCollection<(ConversationId Conversation, DateTimeOffset UpTo)> places)
    {
        var newest = new NewestReadMessages();
        foreach (var chunk in places.Distinct().Chunk(MostThreads))
        {
            var (sql, arguments) = ToSql(chunk);
            foreach (var row in await db.Database.SqlQueryRaw<Row>(sql, arguments).ToListAsync())
                newest.Find(chunk[row.Place], MessageId.Parse(row.Id), DateTimeOffset.FromUnixTimeMilliseconds(row.SentAt), db.Arrived);
            foreach (var place in chunk) newest.Find(place, null, DateTimeOffset.MinValue, db.Arrived);
        }

        return newest;
    }

    public MessageId? Of(ConversationId conversation, DateTimeOffset upTo) =>
        _found.TryGetValue((conversation, upTo), out var id) ? id : null;

    internal static (string Sql, object[] Arguments) ToSql((ConversationId Conversation, DateTimeOffset UpTo)[] places)
    {
        var queries = places.Select((_, n) => $"SELECT * FROM (SELECT {n} AS place, id, sent_at FROM (SELECT id, sent_at, sequence, "
            + $"direction FROM messages WHERE conversation_id = {{{2 * n}}} AND sent_at <= {{{(2 * n) + 1}}} ORDER BY sent_at DESC, "
            + $"sequence DESC LIMIT {MostBehind}) AS behind WHERE direction = 'Outbound' ORDER BY sent_at DESC, sequence DESC LIMIT 1) "
            + $"AS t{n}");
        return (
            string.Join(" UNION ALL ", queries),
            [.. places.SelectMany(place => new object[] { place.Conversation.Value, place.UpTo.ToUnixTimeMilliseconds() })]);
    }

    /// <summary>Takes the newest row, or what the unit has not written yet and is newer.</summary>
    private void Find(
        (ConversationId Conversation, DateTimeOffset UpTo) place, MessageId? row, DateTimeOffset rowSentAt, IReadOnlyList<Message> arrived)
    {
        if (_found.ContainsKey(place)) return;
        var own = arrived.Where(message => message.ConversationId == place.Conversation && message.Direction == Direction.Outbound
            && message.SentAt <= place.UpTo && message.SentAt >= rowSentAt).MaxBy(message => message.SentAt);
        if ((own?.Id ?? row) is { } id) _found.Add(place, id);
    }

    private sealed record Row(
        [property: Column("place")] int Place, [property: Column("id")] string Id, [property: Column("sent_at")] long SentAt);
}
