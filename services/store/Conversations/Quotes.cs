using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Conversations;

/// <summary>
/// Shows with an answer what it answers. That is looked up whenever an answer is shown and never kept with it, because the other message
/// may come later, be edited or be taken back.
/// </summary>
internal sealed class Quotes
{
    private readonly HashSet<InstagramMessageId> _asked;
    private readonly Dictionary<(ConversationId, InstagramMessageId), Quoted> _rows = [];
    private readonly Dictionary<(ConversationId, InstagramMessageId), Message> _own = [];

    private Quotes(HashSet<InstagramMessageId> asked) => _asked = asked;

    /// <summary>Looks up what messages answer and fills it in: one read, and none when none of them is an answer.</summary>
    public static async Task FillAsync(
        StoreDbContext db, IReadOnlyCollection<Message> messages, CancellationToken cancellationToken = default)
    {
        var quotes = await LoadAsync(db, messages.Select(message => message.ReplyTo), cancellationToken);
        foreach (var message in messages) quotes.Fill(message);
    }

    /// <summary>Looks up the messages with these ids.</summary>
    public static async Task<Quotes> LoadAsync(
        StoreDbContext db, IEnumerable<InstagramMessageId?> answered, CancellationToken cancellationToken = default)
    {
        var quotes = new Quotes([.. answered.Where(mid => mid is not null).Select(mid => mid!.Value)]);
        if (quotes._asked.Count == 0) return quotes;
        var mids = quotes._asked.ToList();
        var rows = db.Messages.Where(message => mids.Contains(message.InstagramMessageId!.Value)).OrderBy(message => message.Sequence)
            .Select(message => new Row(
                message.Sequence, message.ConversationId, message.InstagramMessageId, message.Id, message.Kind, message.Text));
        foreach (var row in await db.ReadableAsync(rows, cancellationToken))
            quotes._rows[(row.ConversationId, row.Mid!.Value)] = Quoted.Of(row.Id, row.Kind, row.Text);
        // Of the unit itself: not written yet, or changed since it was read.
        foreach (var message in db.Held.Concat(db.Arrived)) quotes.Know(message);
        return quotes;
    }

    /// <summary>Takes in a message that has come since.</summary>
    public void Know(Message message)
    {
        if (message.InstagramMessageId is { } mid && _asked.Contains(mid)) _own[(message.ConversationId, mid)] = message;
    }

    /// <summary>Fills in what a message answers, if it answers one of its own thread.</summary>
    public void Fill(Message message)
    {
        if (message.ReplyTo is not { } mid) return;
        var place = (message.ConversationId, mid);
        message.Quote(_own.TryGetValue(place, out var own) ? Quoted.Of(own.Id, own.Kind, own.Text) : _rows.GetValueOrDefault(place));
    }

    private sealed record Row(
        long Sequence, ConversationId ConversationId, InstagramMessageId? Mid, MessageId Id, MessageKind Kind, string? Text);
}
