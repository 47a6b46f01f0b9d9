using System.Text.Json;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>
/// What the messages, conversations and contacts of a page are to be. Each is shown whole by whatever tells of it, so of several the newest
/// one counts, and in which order they are written does not matter.
/// </summary>
internal sealed class MirrorRows
{
    private readonly Dictionary<string, MirrorRow> _contacts = [];
    private readonly Dictionary<string, MirrorRow> _conversations = [];
    private readonly Dictionary<string, MirrorMessage> _messages = [];

    public IReadOnlyCollection<MirrorRow> Contacts => _contacts.Values;

    public IReadOnlyCollection<MirrorRow> Conversations => _conversations.Values;

    public IReadOnlyCollection<MirrorMessage> Messages => _messages.Values;

    /// <summary>Adds a conversation as clients see it, with its contact.</summary>
    /// <exception cref="Exception">It is none; nothing of it was added.</exception>
    public void AddConversation(JsonElement conversation, long sequence)
    {
        var (account, contact) = (Required(conversation, "account_id"), conversation.Get("contact")!.Value);
        var row = new MirrorRow(
            MirrorSchema.Conversations,
            [
                Required(conversation, "id"), account, Required(contact, "id"), conversation.Number("unread_count") ?? 0,
                conversation.Flag("awaits_reply"), conversation.Flag("failed"), conversation.Get("window")?.Time("closes_at"),
                conversation.Time("updated_at") ?? throw new FormatException("updated_at"), sequence,
            ]);
        AddContact(account, contact, sequence);
        Keep(_conversations, row);
    }

    /// <summary>Adds a contact as clients see it.</summary>
    public void AddContact(string account, JsonElement contact, long sequence) => Keep(_contacts, new MirrorRow(
        MirrorSchema.Contacts,
        [
            account, Required(contact, "id"), contact.Text("username", 255), contact.Text("name", 255),
            contact.Text("profile_picture_url"), contact.Number("follower_count"), contact.Maybe("is_user_follow_business"),
            contact.Maybe("is_business_follow_user"), contact.Maybe("is_verified_user"), sequence,
        ]));

    /// <summary>Adds a message as clients see it, with its attachments and reactions.</summary>
    public void AddMessage(JsonElement message, long sequence)
    {
        var made = MirrorMessage.Of(message, sequence);
        if (!_messages.TryGetValue(made.Row.Key, out var known) || known.Row.Sequence <= sequence) _messages[made.Row.Key] = made;
    }

    /// <summary>Leaves out what the mirror has in a newer form.</summary>
    /// <param name="newer">Whether it has.</param>
    public void Except(Func<MirrorRow, bool> newer)
    {
        foreach (var row in Contacts.Where(newer).ToList()) _contacts.Remove(row.Key);
        foreach (var row in Conversations.Where(newer).ToList()) _conversations.Remove(row.Key);
        foreach (var message in Messages.Where(message => newer(message.Row)).ToList()) _messages.Remove(message.Row.Key);
    }

    public static string Required(JsonElement json, string name) =>
        json.Get(name)?.GetString() is { Length: > 0 and <= 64 } id ? id : throw new FormatException(name);

    private static void Keep(Dictionary<string, MirrorRow> rows, MirrorRow row)
    {
        if (!rows.TryGetValue(row.Key, out var known) || known.Sequence <= row.Sequence) rows[row.Key] = row;
    }
}
