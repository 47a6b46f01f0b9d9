using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Domain;

/// <summary>A comment on a post of the account, which may be answered in private: once, and within 7 days.</summary>
internal sealed class Comment
{
    private Comment()
    {
    }

    public AccountId AccountId { get; private set; }

    /// <summary>Meta's id: 1 to 20 digits.</summary>
    public string CommentId { get; private set; } = "";

    /// <summary>Who wrote it.</summary>
    public InstagramUserId ContactId { get; private set; }

    /// <summary>When, by Meta's clock; when we first heard of it, if Meta did not say.</summary>
    public DateTimeOffset CommentedAt { get; private set; }

    /// <summary>The private reply; null when there is none of ours.</summary>
    public MessageId? ReplyId { get; private set; }

    /// <summary>When it was written. With no reply of ours: Meta said that it takes none.</summary>
    public DateTimeOffset? RepliedAt { get; private set; }

    public static Comment Of(AccountId account, string id, InstagramUserId contact, DateTimeOffset at) =>
        new() { AccountId = account, CommentId = id, ContactId = contact, CommentedAt = at };

    /// <summary>Whether it may be answered now.</summary>
    /// <param name="now">The time (UTC).</param>
    /// <param name="reply">The reply that is to go; null for a new one.</param>
    public SendPermit PermitAt(DateTimeOffset now, MessageId? reply = null)
    {
        if (RepliedAt is { } closedAt && ReplyId is null) return SendPermit.Refuse(
            "comment_closed",
            closedAt,
            "Meta takes no private reply to the comment: it was answered somewhere else, is too old or was deleted.",
            "Answer the comment itself on Instagram, or wait until its author writes.");
        if (RepliedAt is { } repliedAt && ReplyId != reply) return SendPermit.Refuse(
            "one_private_reply",
            repliedAt,
            "The comment was answered in private already, and Meta takes one answer.",
            "Answer the comment itself on Instagram, or wait until its author writes.");
        var until = ResponseWindow.After(CommentedAt, PrivateReplies);
        return now <= until ? new SendPermit(false, until) : TooOld(until);
    }

    /// <summary>Refuses a reply to a comment whose time is over, which may be forgotten here.</summary>
    /// <param name="since">Since when it is (UTC).</param>
    public static SendPermit TooOld(DateTimeOffset since) => SendPermit.Refuse(
        "comment_7_days", since, "The comment is older than 7 days.", "Answer the comment itself on Instagram.");

    /// <summary>Notes its private reply.</summary>
    public void Answer(MessageId reply, DateTimeOffset at) => (ReplyId, RepliedAt) = (reply, at);

    /// <summary>Notes that its reply certainly never went out, so that another may.</summary>
    public void Reopen(MessageId reply)
    {
        if (ReplyId == reply) (ReplyId, RepliedAt) = (null, null);
    }

    /// <summary>Notes that its reply never went out because Meta takes none, so that Meta is not asked again.</summary>
    public void Close(MessageId reply)
    {
        if (ReplyId == reply) ReplyId = null;
    }

    /// <summary>Meta: a private reply goes within 7 days of the comment.</summary>
    private static readonly TimeSpan PrivateReplies = TimeSpan.FromDays(7);
}
