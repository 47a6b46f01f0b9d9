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
    /// <summary>Whether to list only threads in which it is the business's turn.</summary>
    public bool AwaitsReply { get; init; }

    /// <summary>True for only those whose newest message of the business failed, false for only the others; null for both.</summary>
    public bool? Failed { get; init; }

    /// <summary>Between which times the customer last wrote, both included; null for any. Only with <see cref="AwaitsReply"/>.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Sent { get; init; }

    /// <summary>Whether to list the oldest first: of threads that await a reply, the one whose window closes next.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Whether it lists the few that want something, which one index has for each account.</summary>
    public bool IsQueue => Unread is not null || AwaitsReply || Failed is not null;

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
        var direction = OldestFirst ? "" : " DESC";
        var sql = Accounts is { IsAll: false, Listed.Count: <= VisibleAccounts.MostMerged }
            // One walk along each account's index, merged: a quiet account costs nothing, however busy the others are.
            ? Merged(Accounts.Listed.SelectMany(WalksOf))
            : Sent is null || Failed is not null
                ? WalkOfAll(Failed)
                // The two kinds tell by other columns when the customer last wrote.
                : Merged([WalkOfAll(failed: false), WalkOfAll(failed: true)]);
        return ($"SELECT * FROM ({sql}) AS merged ORDER BY last_message_at{direction}, id{direction} LIMIT {Add(Limit)}", [.. arguments]);

        static string Merged(IEnumerable<string> walks) =>
            string.Join(" UNION ALL ", walks.Select(walk => $"SELECT * FROM ({walk}) AS page"));

        IEnumerable<string> WalksOf(AccountId account) => IsQueue
            ? AllAttention.Where(attention => (attention & Asked) == Wanted)
                .Select(attention => Walk(
                    $"attention = {(int)attention} AND account_id = {Add(account.Value)}",
                    attention.HasFlag(Attention.Failed),
                    queueIndex))
            : [Walk($"account_id = {Add(account.Value)}")];

        string WalkOfAll(bool? failed) => Walk(
            (Accounts.IsAll ? "1 = 1" : $"account_id IN ({string.Join(", ", Accounts.Listed.Select(account => Add(account.Value)))})")
            + (Unread is { } unread ? $" AND {(unread ? "" : "NOT ")}{AttentionColumn.IsUnread}" : "")
            + (AwaitsReply ? $" AND {AttentionColumn.AwaitsReply}" : "")
            + (failed is { } isFailed ? $" AND {(isFailed ? "attention IN (6, 7)" : $"NOT ({AttentionColumn.IsFailed})")}" : ""),
            failed == true,
            failed == true ? queueIndex : "");

        string Walk(string whose, bool failed = false, string index = "")
        {
            // Of a failed one the newest message is the answer that did not go out: no older than what the customer wrote.
            var wrote = failed ? "last_inbound_at" : "last_message_at";
            var time = OldestFirst ? wrote : "last_message_at";
            var where = new StringBuilder(whose);
            // A receipt may begin a thread before anything of it is known. The index alone tells.
            where.Append(" AND last_message_at <> 0");
            if (Sent is { } sent)
            {
                where.Append($" AND last_message_at >= {Add(sent.From.ToUnixTimeMilliseconds())}")
                    .Append(failed ? $" AND {wrote} >= {Add(sent.From.ToUnixTimeMilliseconds())}" : "")
                    .Append($" AND {wrote} <= {Add(sent.To.ToUnixTimeMilliseconds())}");
            }

            if (After is { } after)
            {
                var (end, than) = (Add(after.Time.ToUnixTimeMilliseconds()), OldestFirst ? ">" : "<");
                where.Append($" AND {time} {than}= {end} AND ({time} {than} {end} OR id {than} {Add(after.Id)})");
            }

            if (Search is { } search) where.Append(InstagramUserId.TryParse(search, out var contact) ? $" AND (contact_id = "
                + $"{Add(contact.Value)} OR {NameHas(search)})" : $" AND {NameHas(search)}");
            var fields = time == "last_message_at" ? Select : $"SELECT id, {time} AS last_message_at FROM conversations";
            return $"{fields}{index} WHERE {where} ORDER BY {time}{direction}, id{direction} LIMIT {Add(Limit)}";
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

    /// <summary>All that there is: what failed awaits a reply.</summary>
    private static readonly Attention[] AllAttention =
        [.. Enumerable.Range(0, 8).Select(bits => (Attention)bits)
            .Where(attention => !attention.HasFlag(Attention.Failed) || attention.HasFlag(Attention.AwaitsReply))];

    /// <summary>What the query asks of a thread.</summary>
    private Attention Asked =>
        (Unread is null ? Attention.None : Attention.Unread) | (AwaitsReply ? Attention.AwaitsReply : Attention.None)
        | (Failed is null ? Attention.None : Attention.Failed);

    /// <summary>What it wants of that to be there.</summary>
    private Attention Wanted =>
        Asked & ~(Unread == false ? Attention.Unread : Attention.None) & ~(Failed == false ? Attention.Failed : Attention.None);

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
