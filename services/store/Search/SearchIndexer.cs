using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Search;

/// <summary>
/// Keeps the index: a tap of the event log, so that no message waits for it. Whatever an event says, the index is made to hold what the
/// message says now; so an edit, an unsend and an event that is read twice need no care of their own. When the log has nothing new,
/// messages are taken in that are older than the index.
/// </summary>
internal sealed class SearchIndexer(
    IDbContextFactory<StoreDbContext> factory, IUnitOfWork<StoreDbContext> unitOfWork, Leases<StoreDbContext> leases) : Worker
{
    /// <summary>Few, because on SQLite every other writer waits for the ten rows of each message: about 10 ms.</summary>
    private const int MostMessages = 100;

    private const int MostEvents = 500;

    /// <summary>
    /// From one full round to the next: at most 200 messages a second, so that in a flood the processor and the writer are the messages',
    /// and the index catches up behind it.
    /// </summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(500);

    /// <summary>How far this process has looked. Kept in the database only when there was something to write.</summary>
    private long _looked;

    public override string Name => "store.search-index";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override ILease Lease { get; } = leases.Of("store.search-index");

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var counters = await db.Counters.Where(row => row.Name == Counter.Searched || row.Name == Counter.SearchedBack)
            .ToDictionaryAsync(row => row.Name, row => row.Value, cancellationToken);
        var after = Math.Max(_looked, counters[Counter.Searched]);
        var events = await db.ReadableAsync(
            first => db.Events.Where(row => row.Sequence > after).OrderBy(row => row.Sequence)
                .Select(row => new Happening(row.Sequence, row.Type, row.MessageId, row.ConversationId)).Take(first),
            MostEvents,
            cancellationToken);
        if (events.Count == 0) return await IndexOlderAsync(db, counters[Counter.SearchedBack], cancellationToken);
        var (messages, threads) = (new HashSet<MessageId>(), new HashSet<ConversationId>());
        var last = after;
        foreach (var row in events.TakeWhile(_ => messages.Count + threads.Count < MostMessages))
        {
            last = row.Sequence;
            if (row is { MessageId: { } message, Type: not EventTypes.MessageMedia }) messages.Add(message);
            if (row is { ConversationId: { } thread, Type: EventTypes.ContactUpdated }) threads.Add(thread);
        }

        var isBehind = last < events[^1].Sequence || events.Count == MostEvents;
        if (messages.Count + threads.Count > 0 || isBehind) await WriteAsync(messages, threads, last, cancellationToken);
        _looked = last;
        return isBehind ? NextRound.Now.NotSoonerThan(Gap) : NextRound.WhenWoken;
    }

    private Task WriteAsync(
        IEnumerable<MessageId> messages, IReadOnlyCollection<ConversationId> threads, long last, CancellationToken cancellationToken)
    {
        var ids = messages.ToList();
        return unitOfWork.ExecuteAsync(
            async scope =>
            {
                await scope.FenceAsync(Lease);
                if (ids.Count > 0) await SearchIndex.WriteAsync(scope.Db, message => ids.Contains(message.Id));
                await SearchIndex.WriteContactsAsync(scope.Db, threads);
                await SetAsync(scope.Db, Counter.Searched, last);
            },
            cancellationToken);
    }

    /// <summary>Goes back through the messages that were there before the index.</summary>
    private async Task<NextRound> IndexOlderAsync(StoreDbContext db, long before, CancellationToken cancellationToken)
    {
        if (before == 0) return NextRound.WhenWoken;
        var older = await db.Messages.Where(message => message.Sequence < before).OrderByDescending(message => message.Sequence)
            .Select(message => message.Sequence).Take(MostMessages).ToListAsync(cancellationToken);
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                await scope.FenceAsync(Lease);
                await SearchIndex.WriteAsync(scope.Db, message => older.Contains(message.Sequence));
                await SetAsync(scope.Db, Counter.SearchedBack, older.Count == 0 ? 0 : older[^1]);
            },
            cancellationToken);
        return NextRound.Now.NotSoonerThan(Gap);
    }

    private static Task<int> SetAsync(StoreDbContext db, string counter, long value) =>
        db.Counters.Where(row => row.Name == counter).ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, value));

    private sealed record Happening(long Sequence, string Type, MessageId? MessageId, ConversationId? ConversationId);
}
