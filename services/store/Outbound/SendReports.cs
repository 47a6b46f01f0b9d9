using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>
/// Takes the sender's reports into the messages. A verdict and the echo of the same send come in either order; the verdict has the last
/// word on which message has which <c>mid</c>, because only it names both.
/// </summary>
internal sealed partial class SendReports(
    EventLog log, SendWaiters waiters, ReactionReports reactions, AccountTimes times, ILogger<SendReports> logger)
    : IMessageHandler<StoreDbContext, SendReported>
{
    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<SendReported>> items)
    {
        foreach (var item in items.Where(item => item.Body.Reaction is not null)) await reactions.ApplyAsync(scope, item);
        items = [.. items.Where(item => item.Body.Reaction is null)];
        if (items.Count == 0) return;
        var ids = items.Select(item => item.Body.MessageId).Distinct().ToList();
        // Locks the conversations first, as everybody does who changes a message: an echo may be changing the same one.
        var conversationIds = await scope.Db.Messages.Where(message => ids.Contains(message.Id)).Select(message => message.ConversationId)
            .Distinct().ToListAsync();
        var conversations = await scope.Db.Conversations.ForUpdate().Where(conversation => conversationIds.Contains(conversation.Id))
            .ToDictionaryAsync(conversation => conversation.Id);
        var messages = await scope.Db.Messages.Include(message => message.Attachments).Where(message => ids.Contains(message.Id))
            .ToDictionaryAsync(message => message.Id);
        await Quotes.FillAsync(scope.Db, messages.Values);
        // Behind the lock of the threads, so that a change that came beside this report is found, or finds the message.
        var mids = items.Where(item => item.Body.InstagramMessageId is not null).Select(item => item.Body.InstagramMessageId!.Value);
        var early = await EarlyChanges.LoadAsync(scope.Db, mids);
        var accountIds = messages.Values.Select(message => message.AccountId).Distinct().ToList();
        var accounts = await scope.Db.Accounts.Where(account => accountIds.Contains(account.Id)).ToDictionaryAsync(account => account.Id);

        foreach (var item in items)
        {
            if (!messages.TryGetValue(item.Body.MessageId, out var message))
            {
                if (await WasErasedAsync(scope.Db, item.Body.AccountId)) continue;
                throw new InvalidOperationException($"There is no message {item.Body.MessageId}.");
            }

            var report = new Report(
                item.Body, message, conversations[message.ConversationId], accounts[message.AccountId], item.TraceParent, early);
            await ApplyAsync(scope, report);
        }
    }

    /// <summary>Whether the message may have been erased while it was on its way.</summary>
    private static Task<bool> WasErasedAsync(StoreDbContext db, AccountId account) =>
        db.Set<Erasure>().AnyAsync(row => row.AccountId == account);

    private async Task ApplyAsync(WorkScope<StoreDbContext> scope, Report report)
    {
        var (body, message) = (report.Body, report.Message);
        var inTime = message.IsReportInTime(body.Attempt, begins: body.Outcome == SendOutcome.Sending);
        switch (body.Outcome)
        {
            case SendOutcome.Sent:
                times.Sent(report.Account.Id, body.At);
                await SettleAsync(
                    scope,
                    report,
                    body.InstagramMessageId ?? throw new InvalidOperationException(
                        $"{body.MessageId} was reported as sent without a mid."));
                break;
            case SendOutcome.Rejected:
                var isNews = body.Error?.Code == SendErrorCodes.Cancelled ? message.Cancel() : message.Reject(ErrorOf(body), body.At);
                if (isNews && message.Content?.CommentId is { } comment) await PrivateReplies.EndAsync(
                    scope.Db, report.Conversation, message, comment, body.Error?.Code == SendErrorCodes.CommentNotRepliable);
                if (isNews) await NewestMessages.FindAsync(scope.Db, [report.Conversation]);
                Tell(scope, report, isNews);
                break;
            case SendOutcome.Sending when inTime:
                Tell(scope, report, message.BeginSending());
                break;
            case SendOutcome.Later when inTime:
                Tell(scope, report, message.Postpone(ErrorOf(body)));
                break;
            case SendOutcome.Unknown when inTime:
                if (!await FindEchoAsync(scope, report)) Tell(scope, report, message.LoseSight(body.Error));
                break;
        }
    }

    private async Task SettleAsync(WorkScope<StoreDbContext> scope, Report report, InstagramMessageId mid)
    {
        var (body, message, conversation, account, _, early) = report;
        if (message.InstagramMessageId == mid)
        {
            // The echo came first; its handler does not know who waits.
            scope.AfterCommit(() => waiters.Wake(message.Id));
            return;
        }

        // What an echo showed was recorded when the echo came. Whatever has been decided since came from an answer.
        if (body.ByEcho && await IsTakenAsync(scope.Db, account.Id, mid)) return;
        var (sentAt, other, lent) = await TakeMidAsync(scope, report, mid);
        var news = message.Settle(mid, sentAt ?? body.At);
        var isNewestKnown = conversation.Place(message) && other?.Id != conversation.LastMessageId;
        var isDeleted = early.Give(scope, message, conversation);
        if (isDeleted) await MessageEvents.EraseAsync(scope, [message]);
        isDeleted |= other is not null && await MovedChanges.MoveAsync(scope, other, message);
        if (lent is not null) message.Adopt(lent);
        if (!isNewestKnown) await NewestMessages.FindAsync(scope.Db, [conversation]);
        var replaced = other?.Id;
        if (isDeleted) log.Append(scope, EventTypes.MessageDeleted, account, conversation, message, report.TraceParent, replaced);
        else if (news) log.Append(scope, EventTypes.MessageSent, account, conversation, message, report.TraceParent, replaced);
        Tell(scope, report, changed: !news && !isDeleted);
        if (news) scope.AfterCommit(() => waiters.Wake(message.Id));
    }

    /// <summary>
    /// Finds an echo that overtook the report that the attempt began, as the echo of a repeated attempt may. It found a message that was
    /// certainly not sent yet, and so was taken for one from elsewhere. No other echo comes, so without this look the message would stay
    /// unknown for ever and an operator might have it sent twice.
    /// </summary>
    private async Task<bool> FindEchoAsync(WorkScope<StoreDbContext> scope, Report report)
    {
        var (body, message, _, account, traceParent, _) = report;
        if (body.Attempt == 1 || !message.AwaitsMid) return false;
        var strangers = await scope.Db.Messages.Include(row => row.Attachments)
            .Where(row => row.ConversationId == message.ConversationId && row.Origin == Origin.Instagram
                && row.InstagramMessageId != null && row.ReceivedAt >= message.ReceivedAt)
            .OrderBy(row => row.Sequence)
            .ToListAsync();
        var echo = strangers.Find(row => row.HasContentOf(message) && scope.Db.Entry(row).State != EntityState.Deleted);
        if (echo?.InstagramMessageId is not { } mid) return false;
        await SettleAsync(scope, report, mid);
        scope.Publish(new EchoRecognised(message.Id, account.Id, mid, echo.ReceivedAt), traceParent);
        return true;
    }

    /// <summary>
    /// Frees a <c>mid</c> that is on another row, because (account, mid) is unique. EF writes what frees a unique value before what takes
    /// it.
    /// </summary>
    /// <returns>
    /// Meta's time of the message, if an echo has told it; the row that is the same message, to be removed; and what happened to the
    /// message while another send had its <c>mid</c>.
    /// </returns>
    private async Task<(DateTimeOffset? SentAt, Message? Same, MessageChanges? Lent)> TakeMidAsync(
        WorkScope<StoreDbContext> scope, Report report, InstagramMessageId mid)
    {
        var holder = scope.Db.Messages.Local.FirstOrDefault(
            row => row.AccountId == report.Message.AccountId && row.InstagramMessageId == mid)
            ?? await scope.Db.Messages.Include(row => row.Attachments)
                .SingleOrDefaultAsync(row => row.AccountId == report.Message.AccountId && row.InstagramMessageId == mid);
        if (holder is null || holder.InstagramMessageId != mid) return (null, null, null);
        if (holder.Direction != Direction.Outbound || holder.ConversationId != report.Message.ConversationId)
            throw new InvalidOperationException(
                $"{report.Message.Id} was reported with the mid of {holder.Id}, which cannot be the same message.");

        if (holder.Origin == Origin.Instagram)
        {
            // The echo came first and its content told nothing (or too little), so it was taken for a message from elsewhere.
            LogMerged(logger, report.Message.Id, holder.Id);
            return (holder.AwaitsOriginal ? null : holder.SentAt, holder, null);
        }

        var (lentAt, changes) = (holder.SentAt, holder.Changes);
        holder.GiveUpMid();
        if (holder.FailedAt is not null) await NewestMessages.FindAsync(scope.Db, [report.Conversation]);
        log.Append(scope, EventTypes.MessageStatus, report.Account, report.Conversation, holder, report.TraceParent);
        // Saved at once: the two may trade their mids in one bundle, and no order of the two updates would do for that.
        await scope.Db.SaveChangesAsync();
        LogSwapped(logger, report.Message.Id, holder.Id);
        return (lentAt, null, changes);
    }

    private static async Task<bool> IsTakenAsync(StoreDbContext db, AccountId account, InstagramMessageId mid) =>
        db.Messages.Local.Any(row => row.AccountId == account && row.InstagramMessageId == mid)
        || await db.Messages.AnyAsync(row => row.AccountId == account && row.InstagramMessageId == mid && row.Origin != Origin.Instagram);

    private void Tell(WorkScope<StoreDbContext> scope, Report report, bool changed)
    {
        if (!changed) return;
        log.Append(scope, EventTypes.MessageStatus, report.Account, report.Conversation, report.Message, report.TraceParent);
        // A client hears of a verdict, and of what puts it off, not of each step to it.
        if (report.Message is not ({ Status: MessageStatus.Sending } or { Status: MessageStatus.Pending, Error: null }))
            scope.AfterCommit(() => waiters.Wake(report.Message.Id));
    }

    private static SendError ErrorOf(SendReported body) =>
        body.Error ?? throw new InvalidOperationException($"{body.MessageId} was reported as {body.Outcome} without a reason.");

    [LoggerMessage(
        EventName = "message.merged",
        Level = LogLevel.Information,
        Message = "{MessageId} is what its echo was recorded as: {EchoMessageId}, which is gone")]
    private static partial void LogMerged(ILogger logger, MessageId messageId, MessageId echoMessageId);

    [LoggerMessage(
        EventName = "message.mid_swapped",
        Level = LogLevel.Information,
        Message = "{MessageId} has the mid that an echo had lent to {OtherMessageId}, which waits for its own")]
    private static partial void LogSwapped(ILogger logger, MessageId messageId, MessageId otherMessageId);

    private sealed record Report(
        SendReported Body, Message Message, Conversation Conversation, Account Account, string? TraceParent, EarlyChanges Early);
}
