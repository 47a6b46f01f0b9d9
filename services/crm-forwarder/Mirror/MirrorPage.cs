using System.Text.Json;
using InstaMessenger.Contracts.Events;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>What an answer of the store, or a part of it, makes of the mirror.</summary>
internal sealed class MirrorPage
{
    /// <summary>The types of events that change the mirror.</summary>
    public static readonly IReadOnlyList<string> Types =
    [
        "message.received", "message.sent", "message.status", "message.read", "message.edited", "message.deleted", "message.reaction",
        "message.media", "postback.received", "referral.received", "note.added", "contact.updated", "contact.erased",
        "conversation.updated", "history.progress",
    ];

    private readonly List<MirrorChange> _changes = [];

    public MirrorRows Rows { get; } = new();

    public IReadOnlyList<MirrorChange> Changes => _changes;

    /// <summary>Adds an event.</summary>
    /// <exception cref="Exception">It cannot be understood.</exception>
    public void Add(InboxEvent told)
    {
        // What was erased since.
        if (told.Body.Length == 0) return;
        using var json = JsonDocument.Parse(told.Body, MirrorJson.Deep);
        if (json.RootElement.Get("data") is not { } data) return;
        var (account, sequence) = (told.AccountId.Value, told.Sequence);
        switch (told.Type)
        {
            case "contact.erased":
                var asked = json.RootElement.Time("occurred_at") ?? throw new FormatException("occurred_at");
                _changes.Add(new MirrorContactGone(
                    sequence, account, data.Get("contact")?.Text("id", 64), told.ConversationId?.Value, asked));
                return;
            case "history.progress":
                if (data.Get("backfill")?.Text("state") is not "running") _changes.Add(new MirrorRefill(sequence, account));
                return;
            case "message.reaction":
                AddReaction(account, data, sequence);
                break;
            case "message.read" when data.Text("message_id", 64) is { } message:
                _changes.Add(new MirrorReadMark(sequence, message, data.Time("read_at") ?? throw new FormatException("read_at")));
                break;
        }

        if (data.Get("message") is { } shown && shown.Get("conversation_id") is not null)
        {
            Rows.AddMessage(shown, sequence);
            if (told.Type == "message.deleted") _changes.Add(new MirrorUnquote(sequence, MirrorRows.Required(shown, "id")));
        }

        if (data.Text("replaces", 64) is { } replaced) _changes.Add(new MirrorReplaced(sequence, replaced));
        if (data.Get("conversation") is { } conversation && conversation.Get("contact") is not null)
            Rows.AddConversation(conversation, sequence);
        else if (told.ConversationId is not null && data.Get("contact") is { } contact) Rows.AddContact(account, contact, sequence);
    }

    /// <summary>Adds a conversation that is filled.</summary>
    public void AddConversation(byte[] view, long sequence)
    {
        using var json = JsonDocument.Parse(view, MirrorJson.Deep);
        Rows.AddConversation(json.RootElement, sequence);
    }

    /// <summary>Adds a message that is filled.</summary>
    public void AddMessage(byte[] view, long sequence)
    {
        using var json = JsonDocument.Parse(view, MirrorJson.Deep);
        Rows.AddMessage(json.RootElement, sequence);
    }

    /// <summary>Adds an erasure, whose events may have gone by long ago.</summary>
    public void Add(MirrorErasure erasure, long sequence) => _changes.Add(erasure.IsOfAccount
        ? new MirrorAccountGone(sequence, erasure.AccountId.Value, erasure.AskedAt.UtcDateTime)
        : new MirrorContactGone(
            sequence, erasure.AccountId.Value, erasure.ContactId?.Value, erasure.ConversationId?.Value, erasure.AskedAt.UtcDateTime));

    private void AddReaction(string account, JsonElement data, long sequence)
    {
        if (data.Text("message_id", 64) is not { } message || data.Get("reaction") is not { } reaction) return;
        _changes.Add(reaction.Text("action") == "unreact"
            ? new MirrorUnreaction(sequence, message, MirrorRows.Required(reaction, "by"))
            : new MirrorReaction(sequence, message, MirrorMessage.ReactionOf(message, account, reaction, sequence)));
    }
}
