using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>Whom a request goes to, and whether it may.</summary>
/// <param name="Conversation">Their thread, locked; null when it has not begun.</param>
/// <param name="Comment">The comment that is answered in private; null when none is.</param>
/// <param name="Permit">What Meta's rules say.</param>
internal sealed record Recipient(InstagramUserId ContactId, Conversation? Conversation, Comment? Comment, SendPermit Permit)
{
    /// <summary>Finds the recipient; returns the refusal instead when there is none or nothing may be sent.</summary>
    public static async Task<(Recipient? Found, Acceptance? Refusal)> FindAsync(
        StoreDbContext db, Account account, SendRequest request, Author author, DateTimeOffset now)
    {
        var comment = request.CommentId is null ? null : await db.Comments.SingleOrDefaultAsync(
            row => row.CommentId == request.CommentId && row.AccountId == account.Id);
        if ((comment?.ContactId ?? request.RecipientId) is not { } contact) return (null, new Acceptance.Invalid(
            "comment_id",
            "Instagram has not told us of this comment. Give recipient_id beside it: from.id of the comment."));
        if (request.RecipientId is { } named && named != contact)
            return (null, new Acceptance.Invalid("recipient_id", "Another person wrote the comment; leave recipient_id out."));
        var conversation = await db.Conversations.ForUpdate()
            .SingleOrDefaultAsync(row => row.AccountId == account.Id && row.ContactId == contact);
        if (request.CommentId is { } id)
        {
            comment ??= db.Comments.Add(Comment.Of(account.Id, id, contact, now)).Entity;
            var reply = SendPermit.When(request.ScheduleAt, now, at => comment.PermitAt(at));
            return reply.Refusal is { } why
                ? (null, new Acceptance.CommentClosed(why))
                : (new(contact, conversation, comment, reply), null);
        }

        var facts = conversation?.FactsFor(account.HumanAgent) ?? new WindowFacts(null, null, account.HumanAgent);
        var permit = SendPermit.When(request.ScheduleAt, now, at => SendPermit.Of(facts, author, at));
        return permit.Refusal is { } refusal
            ? (null, new Acceptance.WindowClosed(refusal))
            : (new(contact, conversation, null, permit), null);
    }
}
