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
    /// <summary>
    /// Returns the ids of the page in order. It is SQL, because the comparison of (time, id) that both databases answer from the index has
    /// no form in LINQ for ids of our own types. It reads only ids, because then skipping what is read costs no look at the rows.
    /// </summary>
    public IQueryable<Key> Keys(StoreDbContext db)
    {
        var (sql, arguments) = ToSql(Search is null || Ascii.IsValid(Search) ? "LOWER" : LowerCase.FunctionOf(db));
        return db.Database.SqlQueryRaw<Key>(sql, arguments);
    }

    /// <summary>The statement and its arguments.</summary>
    /// <param name="lower">The function that makes text lower case. The usual one is quick, and on SQLite knows ASCII alone.</param>
    internal (string Sql, object[] Arguments) ToSql(string lower = "LOWER")
    {
        if (Accounts is { IsAll: false, Listed.Count: 0 }) return ($"{Select} WHERE 1 = 0", []);
        var arguments = new List<object>();
        var sql = Accounts is { IsAll: false, Listed.Count: <= VisibleAccounts.MostMerged }
            // One walk along each account's index, merged: a quiet account costs nothing, however busy the others are.
            ? string.Join(
                " UNION ALL ", Accounts.Listed.Select(account => $"SELECT * FROM ({Newest($"account_id = {Add(account.Value)}")}) AS page"))
            : Newest(
                Accounts.IsAll ? "1 = 1" : $"account_id IN ({string.Join(", ", Accounts.Listed.Select(account => Add(account.Value)))})");
        return ($"SELECT * FROM ({sql}) AS merged ORDER BY last_message_at DESC, id DESC LIMIT {Add(Limit)}", [.. arguments]);

        string Newest(string whose)
        {
            var where = new StringBuilder(whose);
            // A receipt may begin a thread before anything of it is known. The index alone tells.
            where.Append(" AND last_message_at <> 0");
            if (After is { } after)
            {
                var time = Add(after.Time.ToUnixTimeMilliseconds());
                where.Append($" AND last_message_at <= {time} AND (last_message_at < {time} OR id < {Add(after.Id)})");
            }

            if (Unread is { } unread) where.Append(unread ? " AND unread_count > 0" : " AND unread_count = 0");
            if (Search is { } search) where.Append(InstagramUserId.TryParse(search, out var contact) ? $" AND (contact_id = "
                + $"{Add(contact.Value)} OR {NameHas(search)})" : $" AND {NameHas(search)}");
            return $"{Select} WHERE {where} ORDER BY last_message_at DESC, id DESC LIMIT {Add(Limit)}";
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
