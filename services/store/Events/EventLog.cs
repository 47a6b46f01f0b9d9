using System.Diagnostics;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Events;

/// <summary>Wakes the relay of the log to the bus, in whichever store it runs.</summary>
internal sealed class EventLogSignal() : SharedSignal("store.events");

/// <summary>
/// Writes events in the transaction that makes them true. The log is also the outbox of the store: the relay reads it behind a cursor.
/// </summary>
internal sealed class EventLog(EventLogSignal relay, EventFeedSignal feed, TimeProvider clock)
{
    /// <summary>When an event that is appended now happened (UTC).</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Appends an event; it gets its sequence when the scope is saved.</summary>
    /// <param name="account">Whose event it is.</param>
    /// <param name="conversation">The thread that it belongs to; null when it belongs to none.</param>
    /// <param name="type">One of <see cref="EventTypes"/>.</param>
    /// <param name="data">The event's <c>data</c>, written as JSON.</param>
    /// <param name="traceParent">The trace it belongs to; null for the current one.</param>
    /// <param name="shown">The message whose content <paramref name="data"/> shows; null for none.</param>
    public void Append(
        WorkScope<StoreDbContext> scope,
        Account account,
        ConversationId? conversation,
        string type,
        object data,
        string? traceParent = null,
        MessageId? shown = null)
    {
        scope.Db.Append(
            new PendingEvent(
                EventId.New(clock), type, account, conversation, shown, Now, data, traceParent ?? Activity.Current?.Id).ToRow);
        scope.AfterCommit(relay.Wake);
        scope.AfterCommit(feed.Wake);
    }
}

/// <summary>An event without its sequence.</summary>
internal sealed record PendingEvent(
    EventId Id,
    string Type,
    Account Account,
    ConversationId? ConversationId,
    MessageId? Shown,
    DateTimeOffset OccurredAt,
    object Data,
    string? TraceParent)
{
    public EventRow ToRow(long sequence) => new()
    {
        Sequence = sequence,
        Id = Id,
        Type = Type,
        AccountId = Account.Id,
        AccountVersion = Account.Version,
        ConversationId = ConversationId,
        MessageId = Shown,
        OccurredAt = OccurredAt,
        Body = JsonSerializer.SerializeToUtf8Bytes(
            new EventView(Id, sequence, Type, Account.Id, ConversationId, OccurredAt, Data), ApiJson.Options),
        TraceParent = TraceParent,
    };
}

/// <summary>An event as every tap shows it.</summary>
internal sealed record EventView(
    EventId Id, long Sequence, string Type, AccountId AccountId, ConversationId? ConversationId, DateTimeOffset OccurredAt, object? Data);
