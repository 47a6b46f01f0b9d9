using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>
/// Sends what was scheduled once it is due, or late when no process ran then. The window is looked at again. Two processes that find the
/// same row do it once: the row is removed in the transaction, and the sender knows each message by its id.
/// </summary>
internal sealed partial class ScheduledSends(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    EventLog log,
    TimeProvider clock,
    ILogger<ScheduledSends> logger) : RowWorker<long>(clock, logger)
{
    /// <summary>What goes out later than this after its time is told as late.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    private readonly ScheduledTurns _turns = new();
    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name => "store.scheduled-sends";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override ILease Lease { get; } = leases.Of("store.scheduled-sends");

    protected override async Task<IReadOnlyList<long>> FindAsync(
        IReadOnlyCollection<long> except, int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await _turns.NextAsync(db, _clock.GetUtcNow(), except, limit, cancellationToken);
    }

    protected override Task HandleAsync(IReadOnlyList<long> rows, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            var due = await scope.Db.Set<ScheduledSend>().Where(row => rows.Contains(row.Id)).OrderBy(row => row.DueAt)
                .ThenBy(row => row.Id).ToListAsync();
            foreach (var row in due) await ReleaseAsync(scope, row);
        },
        cancellationToken);

    /// <summary>Its messages stay scheduled, for a person to cancel; nothing else can be done about what cannot be read.</summary>
    protected override Task SetAsideAsync(long row, Exception error, CancellationToken cancellationToken)
    {
        LogUnreadable(_logger, error, row);
        return unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<ScheduledSend>().Where(kept => kept.Id == row).ExecuteDeleteAsync(), cancellationToken);
    }

    private async Task ReleaseAsync(WorkScope<StoreDbContext> scope, ScheduledSend row)
    {
        var (db, now) = (scope.Db, _clock.GetUtcNow());
        db.Remove(row);
        var conversation = await db.Conversations.ForUpdate().SingleOrDefaultAsync(thread => thread.Id == row.ConversationId);
        var account = await db.Accounts.SingleAsync(holder => holder.Id == row.AccountId);
        var messages = await ScheduledAsync(db, row);
        if (conversation is null || messages.Count == 0) return;
        await Quotes.FillAsync(db, messages);
        var permit = await PermitAsync(db, account, conversation, messages[0], row.Author, now);
        var refusal = RefusalOf(account, messages[0], permit);
        var isNewestKnown = true;
        MessageId? before = null;
        foreach (var message in messages)
        {
            message.Release(now);
            isNewestKnown &= conversation.Place(message);
            if (refusal is not null) message.Reject(refusal, now);
            if (refusal is not null && message.Content?.CommentId is { } comment)
                await PrivateReplies.EndAsync(db, conversation, message, comment);
        }

        if (!isNewestKnown || refusal is not null) await NewestMessages.FindAsync(db, [conversation]);
        foreach (var message in messages)
        {
            log.Append(scope, EventTypes.MessageStatus, account, conversation, message);
            if (refusal is null) scope.Publish(SendCommand.Of(message, account, conversation, permit, now, before));
            before = message.Id;
        }

        if (now - row.DueAt > Late)
            scope.AfterCommit(() => LogLate(_logger, row.FirstId, row.AccountId, (long)(now - row.DueAt).TotalSeconds));
    }

    /// <summary>The messages of the request that nobody has cancelled, in order.</summary>
    private static async Task<List<Message>> ScheduledAsync(StoreDbContext db, ScheduledSend row)
    {
        var ends = await db.Messages.Where(message => message.Id == row.FirstId || message.Id == row.LastId)
            .Select(message => message.Sequence).ToListAsync();
        if (ends.Count == 0) return [];
        var (first, last) = (ends.Min(), ends.Max());
        return await db.Messages.Include(message => message.Attachments)
            .Where(message => message.ConversationId == row.ConversationId && message.Sequence >= first && message.Sequence <= last
                && message.Status == MessageStatus.Scheduled && message.ScheduleAt == row.DueAt)
            .OrderBy(message => message.Sequence).ToListAsync();
    }

    private static async Task<SendPermit> PermitAsync(
        StoreDbContext db, Account account, Conversation conversation, Message first, Author author, DateTimeOffset now)
    {
        if (first.Content?.CommentId is not { } id) return SendPermit.Of(conversation.FactsFor(account.HumanAgent), author, now);
        return (await PrivateReplies.FindAsync(db, account.Id, id, first.Id, now)).Permit;
    }

    private static SendError? RefusalOf(Account account, Message first, SendPermit permit)
    {
        if (account.UnlinkedAt is not null)
            return new SendError("account_unlinked", "The account was unlinked before the message was due.", true, null);
        if (permit.Refusal is not { } why) return null;
        var code = first.Content?.CommentId is null ? "window_closed" : SendErrorCodes.CommentNotRepliable;
        return new SendError(code, $"{why.Reason} {why.NextStep}", false, null);
    }

    [LoggerMessage(
        EventName = "message.late",
        Level = LogLevel.Warning,
        Message = "{MessageId} of {AccountId} goes out {Seconds} s after its time: no process ran when it was due")]
    private static partial void LogLate(ILogger logger, MessageId messageId, AccountId accountId, long seconds);

    [LoggerMessage(
        EventName = "scheduled.unreadable",
        Level = LogLevel.Error,
        Message = "Scheduled send {Row} cannot be worked with; it was left out, and its messages stay scheduled")]
    private static partial void LogUnreadable(ILogger logger, Exception error, long row);
}
