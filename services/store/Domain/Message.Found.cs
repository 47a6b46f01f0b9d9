namespace InstaMessenger.Store.Domain;

/// <summary>What was found at Meta, without a webhook.</summary>
internal sealed partial class Message
{
    /// <summary>How it was found; null once its webhook has come, and for all that came by webhook or was sent here.</summary>
    public FoundBy? FoundBy { get; private set; }

    /// <summary>Whether it counts as what was before: no unread, no notification, no automatic reply.</summary>
    public bool IsHistory => FoundBy == Domain.FoundBy.History;

    /// <summary>Notes how a new message was found.</summary>
    public void Find(FoundBy? by) => FoundBy = by;

    /// <summary>
    /// Takes the webhook of a message that was found before it. The webhook tells more (the payload of a button, a referral), and its time
    /// has milliseconds; files that are there already stay.
    /// </summary>
    public void Arrive(MessageContent content, DateTimeOffset sentAt, DateTimeOffset receivedAt)
    {
        (FoundBy, SentAt, ReceivedAt) = (null, sentAt, receivedAt);
        if (IsDeleted) return;
        (Kind, Raw, ReplyTo, Details) = (content.Kind, content.Raw, content.ReplyTo ?? ReplyTo, content.Details ?? Details);
        if (_attachments.Count == 0)
            foreach (var media in content.Media) _attachments.Add(Attachment.At(Id, _attachments.Count, media));
        if (Changes is { Versions.Count: > 0 }) Take(Changes.With(new TextVersion(0, content.Text, sentAt)));
        else Text = content.Text;
    }
}
