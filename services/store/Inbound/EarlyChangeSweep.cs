using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Gives messages the changes that came beside them: on MySQL two units can handle a first message and a change of it at the same moment
/// without seeing each other. Forgets changes of messages that never came.
/// </summary>
internal sealed partial class EarlyChangeSweep(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    EventLog log,
    TimeProvider clock,
    ILogger<EarlyChangeSweep> logger) : RowWorker<(InstagramMessageId Mid, AccountId Account)>(clock, logger)
{
    /// <summary>Longer than two units can be under way.</summary>
    private static readonly TimeSpan Beside = TimeSpan.FromHours(1);

    /// <summary>Meta repeats for 36 hours; what waits in quarantine comes later.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name => "store.early-change-sweep";

    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    /// <summary>Two processes that sweep do no harm: the rows are locked, and removed with what is made of them.</summary>
    public override ILease Lease { get; } = leases.Of("store.early-change-sweep");

    protected override async Task<IReadOnlyList<(InstagramMessageId Mid, AccountId Account)>> FindAsync(
        IReadOnlyCollection<(InstagramMessageId Mid, AccountId Account)> except, int limit, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var now = _clock.GetUtcNow();
        var (recently, old) = (now - Beside, now - KeptFor);
        var rows = await db.ReadableAsync(
            first => db.Set<EarlyChange>()
                .Where(row => row.KeptAt < old || (row.KeptAt >= recently && db.Messages.Any(
                    message => message.InstagramMessageId == row.InstagramMessageId && message.AccountId == row.AccountId
                        && !message.AwaitsOriginal)))
                .OrderBy(row => row.KeptAt).ThenBy(row => row.InstagramMessageId).ThenBy(row => row.AccountId)
                .Select(row => new Kept(row.InstagramMessageId, row.AccountId)).Take(first),
            limit + except.Count,
            cancellationToken);
        return [.. rows.Select(row => (row.Mid, row.Account)).Where(key => !except.Contains(key)).Take(limit)];
    }

    protected override Task HandleAsync(
        IReadOnlyList<(InstagramMessageId Mid, AccountId Account)> rows, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(scope => GiveAsync(scope, rows), cancellationToken);

    protected override Task SetAsideAsync(
        (InstagramMessageId Mid, AccountId Account) row, Exception error, CancellationToken cancellationToken)
    {
        LogDropped(_logger, error, row.Account);
        return unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<EarlyChange>().Where(kept => kept.InstagramMessageId == row.Mid && kept.AccountId == row.Account)
                .ExecuteDeleteAsync(),
            cancellationToken);
    }

    private async Task GiveAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<(InstagramMessageId Mid, AccountId Account)> rows)
    {
        var db = scope.Db;
        var mids = rows.Select(row => (InstagramMessageId?)row.Mid).Distinct().ToList();
        var threads = await db.Messages.Where(message => mids.Contains(message.InstagramMessageId))
            .Select(message => message.ConversationId).Distinct().ToListAsync();
        var conversations = await db.Conversations.ForUpdate().Where(conversation => threads.Contains(conversation.Id))
            .ToDictionaryAsync(conversation => conversation.Id);
        var messages = await db.Messages.Include(message => message.Attachments)
            .Where(message => mids.Contains(message.InstagramMessageId)).ToListAsync();
        var early = await EarlyChanges.LoadAsync(db, rows.Select(row => row.Mid));
        foreach (var message in messages.Where(message => rows.Contains((message.InstagramMessageId!.Value, message.AccountId))))
        {
            var (conversation, before) = (conversations[message.ConversationId], message.EditedAt);
            var isDeleted = early.Give(scope, message, conversation);
            if (isDeleted) await MessageEvents.EraseAsync(scope, [message]);
            else if (message.EditedAt == before) continue;
            var account = await db.Accounts.SingleAsync(account => account.Id == message.AccountId);
            log.Append(scope, isDeleted ? EventTypes.MessageDeleted : EventTypes.MessageEdited, account, conversation, message);
        }

        early.Forget(_clock.GetUtcNow() - KeptFor);
    }

    private sealed record Kept(InstagramMessageId Mid, AccountId Account);

    [LoggerMessage(
        EventName = "early_change.dropped",
        Level = LogLevel.Error,
        Message = "What happened to a message of {AccountId} before it was known can never be recorded and was removed")]
    private static partial void LogDropped(ILogger logger, Exception error, AccountId accountId);
}
