using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Domain;

/// <summary>What happens to a message after it was written.</summary>
internal sealed partial class Message
{
    /// <summary>Null as long as nothing happened to it.</summary>
    public MessageChanges? Changes { get; private set; }

    /// <summary>
    /// Whether only a change of it came so far: it was taken back or edited before it was here itself, or it never will be.
    /// </summary>
    public bool AwaitsOriginal { get; private set; }

    public bool IsDeleted => Kind == MessageKind.Deleted;

    public DateTimeOffset? EditedAt => Changes?.Versions.LastOrDefault(version => !version.IsFirst)?.At;

    public DateTimeOffset? DeletedAt => Changes?.DeletedAt;

    /// <summary>Makes a message of which only a change came so far: that it was edited, or taken back.</summary>
    public static Message Foretell(
        Conversation conversation,
        Direction direction,
        InstagramMessageId mid,
        MessageChanges changes,
        DateTimeOffset sentAt,
        DateTimeOffset receivedAt,
        MessageId id)
    {
        var content = changes.DeletedAt is null ? MessageContent.OfText(changes.Versions[^1].Text!) : MessageContent.Nothing;
        var message = direction == Direction.Inbound
            ? Receive(conversation, content, mid, sentAt, receivedAt, id)
            : Mirror(conversation, content, mid, sentAt, receivedAt, id);
        (message.AwaitsOriginal, message.Changes) = (true, changes);
        return message;
    }

    /// <summary>
    /// Takes the message itself, of which only a change had come. What was taken back stays so: nothing of it is kept.
    /// </summary>
    public void Complete(MessageContent content, DateTimeOffset sentAt, DateTimeOffset receivedAt)
    {
        if (!AwaitsOriginal) throw new BrokenRuleException("A message comes once.");
        (AwaitsOriginal, SentAt, ReceivedAt) = (false, sentAt, receivedAt);
        // What was read with it was judged by the time of a change; the thread says it anew for the message's own.
        if (Status == MessageStatus.Read) (Status, ReadAt) = (MessageStatus.Sent, null);
        if (IsDeleted) return;
        (Kind, Raw, ReplyTo, Details) = (content.Kind, content.Raw, content.ReplyTo, content.Details);
        foreach (var media in content.Media) _attachments.Add(Attachment.At(Id, _attachments.Count, media));
        Take(Changes!.With(new TextVersion(0, content.Text, sentAt)));
    }

    /// <summary>
    /// Notes that the message is no younger than a change of it, as long as only changes came: then its time is that of the first of them,
    /// in whatever order they come. Returns whether that gave it another time.
    /// </summary>
    public bool Precede(DateTimeOffset change)
    {
        if (!AwaitsOriginal || SentAt <= change) return false;
        SentAt = change;
        return true;
    }

    /// <summary>Takes a reaction. Returns whether somebody now thinks otherwise of it.</summary>
    public bool React(Reaction reaction)
    {
        if (IsDeleted) return false;
        var before = Changes ?? MessageChanges.None;
        var after = before.With(reaction);
        if (after == before) return false;
        Changes = after;
        return !reaction.Says(before.Reactions.FirstOrDefault(known => known.By == reaction.By));
    }

    /// <summary>Takes an edit. Returns whether it is news.</summary>
    public bool Edit(TextVersion version)
    {
        if (IsDeleted) return false;
        var before = Changes ?? MessageChanges.None;
        if (before.Versions.Count == 0 && !AwaitsOriginal)
        {
            // Meta sends an edit that is none, with the text that the message has.
            if (version.IsFirst && version.Text == Text) return false;
            before = before.With(new TextVersion(0, Text, SentAt));
        }

        var after = before.With(version);
        if (after == before) return false;
        Take(after);
        return true;
    }

    /// <summary>Takes the message back, and with it all that it said. Returns whether that is news.</summary>
    public bool Delete(DateTimeOffset at)
    {
        if (IsDeleted)
        {
            if (at < DeletedAt) Changes = Changes! with { DeletedAt = at };
            return false;
        }

        Kind = MessageKind.Deleted;
        (Text, Raw, ReplyTo, Quoted, Details, Content, EchoKey) = (null, null, null, null, null, null, null);
        _attachments.Clear();
        Changes = MessageChanges.None with { DeletedAt = at, IsCounted = Changes?.IsCounted ?? false };
        return true;
    }

    /// <summary>Has the attachments' own addresses shown to clients.</summary>
    public void ShowLinks()
    {
        foreach (var attachment in _attachments) attachment.ShowLink();
    }

    /// <summary>Notes that the customer saw it; the first time counts.</summary>
    public void MarkRead(DateTimeOffset at)
    {
        if (Direction != Direction.Outbound || Status is not (MessageStatus.Sent or MessageStatus.Read)) return;
        Status = MessageStatus.Read;
        if (ReadAt is null || at < ReadAt) ReadAt = at;
    }

    /// <summary>Takes what happened to the message while its <c>mid</c> was unknown or another row's.</summary>
    /// <returns>Whether that took the message back.</returns>
    public bool Adopt(MessageChanges changes)
    {
        foreach (var reaction in changes.Reactions) React(reaction);
        foreach (var version in changes.Versions.Where(version => !version.IsFirst)) Edit(version);
        return changes.DeletedAt is { } deletedAt && Delete(deletedAt);
    }

    private void Take(MessageChanges changes)
    {
        Changes = changes;
        Text = changes.Versions[^1].Text;
    }
}
