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

    /// <summary>
    /// What customers do themselves, by which they consent to being looked up. Meta shows no profile of somebody who only comments.
    /// </summary>
    private static readonly List<string> Types =
        [EventTypes.MessageReceived, EventTypes.PostbackReceived, EventTypes.ReferralReceived];

    private readonly ProfileCache _cache = new();
    private readonly HitRates _hitRates = new();

    /// <summary>How far this process has looked. When another one has looked there too, the sender looks each contact up once.</summary>
    private long? _looked;

    public override string Name => "store.profile-requests";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override ILease Lease { get; } = leases.Of("store.profile-requests");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var counter = db.Counters.Where(row => row.Name == Counter.Profiles);
        var after = Math.Max(_looked ?? 0, await counter.Select(row => row.Value).SingleAsync(cancellationToken));
        var events = await db.ReadableAsync(
            first => db.Events.Where(row => row.Sequence > after).OrderBy(row => row.Sequence)
                .Select(row => new Happening(row.Sequence, row.Type, row.AccountId, row.ConversationId)).Take(first),
            AtOnce,
            cancellationToken);
        var now = clock.GetUtcNow();
        var writing = events.Where(row => Types.Contains(row.Type) && row.ConversationId is not null).ToList();
        var missed = writing.Count == 0 ? [] : await MissedAsync(db, writing, now, cancellationToken);
        Count(writing, missed, now);
        var last = events.Count == 0 ? after : events[^1].Sequence;
        // Where it looked is kept now and then: what is looked at again after a crash is known by the threads' rows.
        if (missed.Count > 0 || events.Count == AtOnce || _hitRates.IsDue(now)) await AskAsync(missed, last, now, cancellationToken);
        foreach (var row in missed) _cache.Put(row.Id, now);
        _looked = last;
        return events.Count == AtOnce ? NextRound.Now : NextRound.WhenWoken;
    }

    /// <summary>Finds those whose profile was not asked for lately.</summary>
    private async Task<List<Contact>> MissedAsync(
        StoreDbContext db, List<Happening> writing, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var unknown = writing.Select(row => row.ConversationId!.Value).Distinct().Where(id => !_cache.IsFresh(id, now)).ToList();
        if (unknown.Count == 0) return [];
        var rows = await db.ReadableAsync(
            db.Conversations.Where(row => unknown.Contains(row.Id)).OrderBy(row => row.Id)
                .Select(row => new Contact(row.Id, row.AccountId, row.ContactId, row.ProfileCheckedAt)),
            cancellationToken);
        var fresh = rows.Where(row => row.CheckedAt > now - ProfileCache.Kept).ToList();
        foreach (var row in fresh) _cache.Put(row.Id, row.CheckedAt!.Value);
        return [.. rows.Except(fresh)];
    }

    /// <summary>Counts hits and misses. When somebody unknown wrote several messages, only the first one counts as a miss.</summary>
    private void Count(List<Happening> writing, List<Contact> missed, DateTimeOffset now)
    {
        ProfileMetrics.Miss(missed.Count);
        ProfileMetrics.Hit(writing.Count - missed.Count);
        var misses = missed.Select(row => (ConversationId?)row.Id).ToHashSet();
        foreach (var row in writing) _hitRates.Add(row.AccountId, isHit: !misses.Remove(row.ConversationId), now);
    }

    private Task AskAsync(List<Contact> missed, long last, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var used = _hitRates.IsDue(now) ? _hitRates.Take(now) : [];
        return unitOfWork.ExecuteAsync(
            async scope =>
            {
                await scope.FenceAsync(Lease);
                foreach (var row in missed) scope.Publish(new LookUpProfile(row.AccountId, row.ContactId, now));
                foreach (var count in used) scope.Publish(count);
                await scope.Db.Counters.Where(row => row.Name == Counter.Profiles && row.Value < last)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, last));
            },
            cancellationToken);
    }

    private sealed record Happening(long Sequence, string Type, AccountId AccountId, ConversationId? ConversationId);

    private sealed record Contact(ConversationId Id, AccountId AccountId, InstagramUserId ContactId, DateTimeOffset? CheckedAt);
}
