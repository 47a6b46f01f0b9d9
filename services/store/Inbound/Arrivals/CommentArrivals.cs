using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Json;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>
/// Tells of comments: they can be answered in private, and belong to no thread. Meta repeats those of boosted posts in another form, so a
/// comment is known by its id.
/// </summary>
internal abstract class CommentArrivals(EventLog log, TimeProvider clock, string name) : IArrivalHandler
{
    public string Name => name;

    public async Task<IReadOnlyCollection<Arrival>> RecordAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<Arrival> arrivals)
    {
        var read = arrivals.Select(arrival => (Arrival: arrival, Comment: CommentView.Of(arrival, name == "live_comments")))
            .Where(pair => pair.Comment is not null).ToList();
        var seen = await SeenEvents.LoadAsync(scope.Db, read.Select(pair => (pair.Arrival, KeyOf(pair.Comment!))), clock);
        var fresh = read.FindAll(pair => seen.IsNew(pair.Arrival, KeyOf(pair.Comment!)));
        await KeepAsync(scope.Db, fresh.ConvertAll(pair => (pair.Arrival, pair.Comment!)));
        foreach (var (arrival, comment) in fresh)
        {
            log.Append(
                scope, arrival.Account!, null, EventTypes.CommentReceived, new CommentEventData(comment!), arrival.TraceParent);
            InboundMetrics.Recorded(EventTypes.CommentReceived);
        }

        return [.. arrivals.Except(read.Select(pair => pair.Arrival))];
    }

    /// <summary>Keeps what a private reply follows from. The account's own comments get none.</summary>
    private static async Task KeepAsync(StoreDbContext db, List<(Arrival Arrival, CommentView Comment)> fresh)
    {
        var ids = fresh.ConvertAll(pair => pair.Comment.Id);
        var known = ids.Count == 0 ? [] : await db.Comments.Where(row => ids.Contains(row.CommentId)).ToListAsync();
        foreach (var (arrival, comment) in fresh)
        {
            var account = arrival.Account!;
            if (!InstagramUserId.TryParse(comment.From?.Id, out var contact) || account.Owns(contact.Value)
                || known.Exists(row => row.CommentId == comment.Id && row.AccountId == account.Id)) continue;
            db.Comments.Add(Comment.Of(account.Id, comment.Id, contact, arrival.SentAt));
        }
    }

    private static string KeyOf(CommentView comment) => $"comment:{comment.Id}";
}

/// <summary>Comments on posts and reels.</summary>
internal sealed class PostCommentArrivals(EventLog log, TimeProvider clock) : CommentArrivals(log, clock, "comments");

/// <summary>Comments on a live video.</summary>
internal sealed class LiveCommentArrivals(EventLog log, TimeProvider clock) : CommentArrivals(log, clock, "live_comments");

/// <summary><c>data</c> of <c>comment.received</c>.</summary>
internal sealed record CommentEventData(CommentView Comment);

/// <summary>A comment.</summary>
/// <param name="Id">Meta's id: a private reply names it.</param>
/// <param name="MediaId">What was commented on.</param>
/// <param name="Text">The comment.</param>
/// <param name="From">Who wrote it.</param>
/// <param name="ParentId">The comment that it answers.</param>
/// <param name="Live">Whether it is on a live video: it can be answered in private only as long as that runs.</param>
/// <param name="SentAt">When (UTC).</param>
/// <param name="Raw">Meta's JSON, when it has more.</param>
internal sealed record CommentView(
    string Id, string? MediaId, string? Text, CommenterView? From, string? ParentId, bool Live, DateTimeOffset SentAt, RawJson? Raw)
{
    /// <summary>Reads a comment; null when it has no id that fits.</summary>
    public static CommentView? Of(Arrival arrival, bool live)
    {
        var (item, comment) = (arrival.Item, arrival.Item.Event);
        // Meta's documents call it comment_id, and what comes is called id.
        var id = comment.Member("id").Id() ?? comment.Member("comment_id").Id();
        if (!InstagramUserId.TryParse(id, out _)) return null;
        var (from, media) = (comment.Member("from"), comment.Member("media"));
        var shows = item.Element.HasOnly("field", "value", "id", "time")
            && comment.HasOnly("id", "comment_id", "from", "text", "media", "parent_id")
            && from.HasOnly("id", "username") && media.HasOnly("id");
        return new CommentView(
            id!,
            media.Member("id").Id(),
            comment.Member("text").Text(),
            from.Member("id").Id() is { } author ? new CommenterView(author, from.Member("username").Text()) : null,
            comment.Member("parent_id").Id(),
            live,
            arrival.SentAt,
            shows ? null : RawJson.Of(item.Element.GetRawText()));
    }
}

/// <summary>Who wrote a comment.</summary>
internal sealed record CommenterView(string Id, string? Username);
