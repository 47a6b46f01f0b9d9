using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>One client's wish to send, with what the endpoint knows about it.</summary>
/// <param name="Request">What to send.</param>
/// <param name="MessageIds">Ids for the messages that the request becomes, in the order in which they are sent.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Origin">Where it was written.</param>
/// <param name="CallerId">The scope of the key.</param>
/// <param name="Key">The client's name for the request; null when it gave none.</param>
/// <param name="Wait">How long the client waits for Meta's answer.</param>
/// <param name="File">The file that came with the request, which no row names yet; null for none.</param>
internal sealed record SendWish(
    SendRequest Request,
    IReadOnlyList<MessageId> MessageIds,
    Author Author,
    Origin Origin,
    string CallerId,
    IdempotencyKey? Key,
    TimeSpan Wait,
    Upload? File = null)
{
    /// <summary>The key, and what it is for.</summary>
    public SendKey Given => new(CallerId, Key, Request.Hash, Wait);
}

/// <summary>
/// Accepts sends. The message, its event, its command and the record of its key are one transaction: after it the send happens once,
/// without it never.
/// </summary>
internal sealed class AcceptSend(
    IUnitOfWork<StoreDbContext> unitOfWork, SendRepeats repeats, EventLog log, TimeProvider clock)
{
    private static readonly TimeSpan FarthestSchedule = TimeSpan.FromDays(30);

    /// <summary>
    /// Accepts a wish, unless the same came before or it must be refused. A refusal keeps nothing, so that its key stays free.
    /// </summary>
    /// <exception cref="DatabaseUnavailableException">Nothing was kept.</exception>
    public Task<Acceptance> AcceptAsync(SendWish wish, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            async scope => await repeats.FindAsync(scope.Db, wish.Given) ?? await BeginAsync(scope, wish), cancellationToken);

    private async Task<Acceptance> BeginAsync(WorkScope<StoreDbContext> scope, SendWish wish)
    {
        var (request, db, now) = (wish.Request, scope.Db, clock.GetUtcNow());
        var account = await db.Accounts.SingleOrDefaultAsync(row => row.Id == request.AccountId && row.UnlinkedAt == null);
        if (account is null) return new Acceptance.NoAccount();
        if (request.ScheduleAt is { } at && (at <= now || at > now + FarthestSchedule)) return new Acceptance.Invalid(
            "schedule_at", $"Must be in the future, by at most 30 days; it is {now:yyyy-MM-ddTHH:mm:ssZ} here.");
        var (recipient, refusal) = await Recipient.FindAsync(db, account, request, wish.Author, now);
        if (recipient is null) return refusal!;
        var permit = recipient.Permit;

        var (uploads, missing) = await AttachedUploads.FindAsync(db, wish, now);
        if (uploads is null) return missing!;

        List<OutgoingContent> contents = [.. request.Contents.Select(uploads.Resolve)];
        Quoted? quoted = null;
        contents[0] = contents[0] with { CommentId = request.CommentId };
        if (request.ReplyTo is { } replyTo)
        {
            var answered = await db.Messages.SingleOrDefaultAsync(row => row.Id == replyTo);
            if (answered is null || answered.ConversationId != recipient.Conversation?.Id) return new Acceptance.Invalid(
                "reply_to_message_id", "There is no such message in the conversation with this recipient.");
            if (answered.IsDeleted) return new Acceptance.Invalid(
                "reply_to_message_id", "The message was taken back, so it cannot be answered by reference.");
            if (answered.InstagramMessageId is not { } mid) return new Acceptance.Invalid(
                "reply_to_message_id", "Instagram has given this message no id, so it cannot be answered by reference.");
            contents[0] = contents[0] with { ReplyTo = mid };
            quoted = Quoted.Of(answered.Id, answered.Kind, answered.Text);
        }

        var conversation = recipient.Conversation
            ?? db.Add(Conversation.Begin(account.Id, recipient.ContactId, now, ConversationId.New(clock))).Entity;
        if (recipient.Comment is { } comment)
        {
            comment.Answer(wish.MessageIds[0], now);
            conversation.ReplyInPrivate(now);
        }

        List<Message> messages = [.. contents.Zip(
            wish.MessageIds,
            (content, id) => Message.Compose(
                conversation, MessageContent.Of(content), wish.Origin, now, id, request.Metadata, wish.Author))];
        messages[0].Quote(quoted);
        MessageId? before = null;
        foreach (var message in messages)
        {
            if (request.ScheduleAt is { } dueAt) message.Schedule(dueAt);
            db.Add(message);
            if (account.MediaMode == MediaMode.Link) message.ShowLinks();
            uploads.Give(message, account, request.ScheduleAt ?? now);
            conversation.Add(message, now);
            log.Append(scope, EventTypes.MessageStatus, account, conversation, message);
            if (request.ScheduleAt is null) scope.Publish(SendCommand.Of(message, account, conversation, permit, now, before));
            before = message.Id;
        }

        if (request.ScheduleAt is { } dueLater) db.Add(new ScheduledSend
        {
            AccountId = account.Id,
            ConversationId = conversation.Id,
            FirstId = messages[0].Id,
            LastId = messages[^1].Id,
            Author = wish.Author,
            DueAt = dueLater,
        });

        var answer = SendAnswer.Of(messages, recipient.ContactId);
        SendRepeats.Begin(db, wish.Given, answer, now);
        return new Acceptance.Accepted(answer);
    }
}
