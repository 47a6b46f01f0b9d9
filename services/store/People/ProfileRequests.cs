using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.People;

/// <summary>
/// Asks for the profiles of contacts who write: a tap of the event log, so that no message waits for it. Asks for each at most once in
/// 24 h; two messages of one contact share the look-up.
/// </summary>
internal sealed class ProfileRequests(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Leases<StoreDbContext> leases,
    TimeProvider clock) : Worker
{
    private const int AtOnce = 500;

    /// <summary>What a customer does themselves, which is their consent. Who only comments is not shown by Meta.</summary>
    private static readonly List<string> Types =
        [EventTypes.MessageReceived, EventTypes.PostbackReceived, EventTypes.ReferralReceived];

    private readonly ProfileCache _cache = new();

    /// <summary>How far this process has looked. What another one has looked at too is asked for once all the same.</summary>
    private long? _looked;

    public override string Name => "store.profile-requests";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override ILease Lease { get; } = leases.Of("store.profile-requests");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var counter = db.Counters.Where(row => row.Name == Counter.Profiles);
        var after = Math.Max(_looked ?? 0, await counter.Select(row => row.Value).SingleAsync(cancellationToken));
        var events = await db.Events.Where(row => row.Sequence > after).OrderBy(row => row.Sequence)
            .Select(row => new { row.Sequence, row.Type, row.ConversationId }).Take(AtOnce).ToListAsync(cancellationToken);
        if (events.Count == 0) return NextRound.WhenWoken;
        var last = events[^1].Sequence;
        var writing = events.Where(row => Types.Contains(row.Type) && row.ConversationId is not null)
            .Select(row => row.ConversationId!.Value).ToList();
        var missed = await MissedAsync(db, writing, cancellationToken);
        // Where it looked is kept now and then: what is looked at again after a crash is known by the threads' rows.
        if (missed.Count > 0 || events.Count == AtOnce) await AskAsync(missed, last, cancellationToken);
        foreach (var (conversation, _) in missed) _cache.Put(conversation, clock.GetUtcNow());
        _looked = last;
        return events.Count == AtOnce ? NextRound.Now : NextRound.WhenWoken;
    }

    /// <summary>Finds those whose profile was not asked for lately.</summary>
    private async Task<List<(ConversationId Conversation, LookUpProfile Command)>> MissedAsync(
        StoreDbContext db, List<ConversationId> writing, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var unknown = writing.Distinct().Where(conversation => !_cache.IsFresh(conversation, now)).ToList();
        var rows = unknown.Count == 0
            ? []
            : await db.ReadableAsync(
                db.Conversations.Where(row => unknown.Contains(row.Id)).OrderBy(row => row.Id)
                    .Select(row => new Row(row.Id, row.AccountId, row.ContactId, row.ProfileCheckedAt)),
                cancellationToken);
        var fresh = rows.Where(row => row.CheckedAt > now - ProfileCache.Kept).ToList();
        foreach (var row in fresh) _cache.Put(row.Id, row.CheckedAt!.Value);
        var missed = rows.Except(fresh).Select(row => (row.Id, new LookUpProfile(row.AccountId, row.ContactId, now))).ToList();
        ProfileMetrics.Miss(missed.Count);
        ProfileMetrics.Hit(writing.Count - missed.Count);
        return missed;
    }

    private Task AskAsync(
        List<(ConversationId Conversation, LookUpProfile Command)> missed, long last, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            async scope =>
            {
                await scope.FenceAsync(Lease);
                foreach (var (_, command) in missed) scope.Publish(command);
                await scope.Db.Counters.Where(row => row.Name == Counter.Profiles && row.Value < last)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, last));
            },
            cancellationToken);

    private sealed record Row(ConversationId Id, AccountId AccountId, InstagramUserId ContactId, DateTimeOffset? CheckedAt);
}
