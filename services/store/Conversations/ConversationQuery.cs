using System.ComponentModel.DataAnnotations.Schema;
using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary>What a client wants of the conversation list.</summary>
/// <param name="Accounts">The accounts whose conversations are listed.</param>
/// <param name="Search">A contact's id, or part of their name or username; null for all.</param>
/// <param name="Unread">True for only those with unread messages, false for only those without; null for both.</param>
/// <param name="After">The last item of the page before; null for the first page.</param>
/// <param name="Limit">How many at most.</param>
internal sealed record ConversationQuery(AccountReach Accounts, string? Search, bool? Unread, TimeIdCursor? After, int Limit)
{
    /// <summary>Whether to list only threads whose newest message is the customer's.</summary>
    public bool AwaitsReply { get; init; }

    /// <summary>Between which times the newest message was sent, both included; null for any.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Sent { get; init; }

    /// <summary>Whether to list the oldest first: of threads that await a reply, the one whose window closes next.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Whether it lists the few that want something, which one index has for each account.</summary>
    public bool IsQueue => Unread is not null || AwaitsReply;

    /// <summary>
    /// Returns the ids of the page in order. It is SQL, because the comparison of (time, id) that both databases answer from the index has
    /// no form in LINQ for ids of our own types. It reads only ids, because then skipping what is read costs no look at the rows.
    /// </summary>
    public IQueryable<Key> Keys(StoreDbContext db)
    {
        var (sql, arguments) = ToSql(
            AttentionColumn.Hint(db), Search is null || Ascii.IsValid(Search) ? "LOWER" : LowerCase.FunctionOf(db));
        return db.Database.SqlQueryRaw<Key>(sql, arguments);
    }

    /// <summary>The statement and its arguments.</summary>
    /// <param name="queueIndex">What makes the database take the index of the queues.</param>
    /// <param name="lower">The function that makes text lower case. The usual one is quick, and on SQLite knows ASCII alone.</param>
    internal (string Sql, object[] Arguments) ToSql(string queueIndex, string lower)
    {
        if (Accounts is { IsAll: false, Listed.Count: 0 }) return ($"{Select} WHERE 1 = 0", []);
        var arguments = new List<object>();
        var order = OldestFirst ? "ORDER BY last_message_at, id" : "ORDER BY last_message_at DESC, id DESC";
        var sql = Accounts is { IsAll: false, Listed.Count: <= VisibleAccounts.MostMerged }
            // One walk along each account's index, merged: a quiet account costs nothing, however busy the others are.
            ? string.Join(" UNION ALL ", Accounts.Listed.SelectMany(WalksOf).Select(
                whose => $"SELECT * FROM ({Walk(whose, IsQueue ? queueIndex : "")}) AS page"))
            : Walk(
                (Accounts.IsAll ? "1 = 1" : $"account_id IN ({string.Join(", ", Accounts.Listed.Select(account => Add(account.Value)))})")
                + (Unread is { } unread ? $" AND {(unread ? "" : "NOT ")}{AttentionColumn.IsUnread}" : "")
                + (AwaitsReply ? $" AND {AttentionColumn.AwaitsReply}" : ""));
        return ($"SELECT * FROM ({sql}) AS merged {order} LIMIT {Add(Limit)}", [.. arguments]);

        IEnumerable<string> WalksOf(AccountId account) => IsQueue
            ? AllAttention.Where(attention => (attention & Asked) == Wanted)
                .Select(attention => $"attention = {(int)attention} AND account_id = {Add(account.Value)}")
            : [$"account_id = {Add(account.Value)}"];

        string Walk(string whose, string index = "")
        {
            var where = new StringBuilder(whose);
            // A receipt may begin a thread before anything of it is known. The index alone tells.
            where.Append(" AND last_message_at <> 0");
            if (Sent is { } sent)
            {
                where.Append($" AND last_message_at >= {Add(sent.From.ToUnixTimeMilliseconds())}")
                    .Append($" AND last_message_at <= {Add(sent.To.ToUnixTimeMilliseconds())}");
            }

            if (After is { } after)
            {
                var (time, than) = (Add(after.Time.ToUnixTimeMilliseconds()), OldestFirst ? ">" : "<");
                where.Append($" AND last_message_at {than}= {time} AND (last_message_at {than} {time} OR id {than} {Add(after.Id)})");
            }

            if (Search is { } search) where.Append(InstagramUserId.TryParse(search, out var contact) ? $" AND (contact_id = "
                + $"{Add(contact.Value)} OR {NameHas(search)})" : $" AND {NameHas(search)}");
            return $"{Select}{index} WHERE {where} {order} LIMIT {Add(Limit)}";
        }

        string NameHas(string text)
        {
            var pattern = Add($"%{text.Replace("!", "!!").Replace("%", "!%").Replace("_", "!_")}%");
            var like = $"LIKE {lower}({pattern}) ESCAPE '!'";
            return $"({lower}(contact_username) {like} OR {lower}(contact_name) {like})";
        }

        string Add(object value)
        {
            arguments.Add(value);
            return $"{{{arguments.Count - 1}}}";
        }
    }

    private const string Select = "SELECT id, last_message_at FROM conversations";

    private static readonly Attention[] AllAttention = [.. Enumerable.Range(0, 4).Select(bits => (Attention)bits)];

    /// <summary>What the query asks of a thread.</summary>
    private Attention Asked =>
        (Unread is null ? Attention.None : Attention.Unread) | (AwaitsReply ? Attention.AwaitsReply : Attention.None);

    /// <summary>What it wants of that to be there.</summary>
    private Attention Wanted => Unread == false ? Asked & ~Attention.Unread : Asked;

    /// <summary>A conversation's place in the list.</summary>
    internal sealed record Key([property: Column("id")] string Id, [property: Column("last_message_at")] long LastMessageAt)
    {
        private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

        /// <summary>
        /// Where the page ends. A rotten row may end it: a time out of range is clamped, and an id without its form comes before all
        /// others.
        /// </summary>
        public TimeIdCursor Cursor => new(
            DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(LastMessageAt, 0, Latest)), ConversationId.TryParse(Id, out _) ? Id : "0");
    }
}
