using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>One event of the store's event log, on its way to the taps.</summary>
/// <param name="Sequence">Its place in the log: gap-free and in commit order.</param>
/// <param name="Id">The event's id.</param>
/// <param name="Type">The event's type as clients see it, like <c>message.received</c>.</param>
/// <param name="AccountId">The account whose event this is.</param>
/// <param name="AccountVersion">
/// The version of the account when the event was written. A receiver that holds an older one waits for its
/// <see cref="AccountChanged"/>: else an event written right after the account was linked would find no endpoint.
/// </param>
/// <param name="ConversationId">The thread, when the event belongs to one.</param>
/// <param name="Body">The event as every tap shows it: UTF-8 JSON.</param>
/// <param name="Erased">
/// Of <c>message.deleted</c>: the other events that showed the message, or an answer that quotes it. Whoever keeps one of them takes out
/// what it said, with <see cref="EventBody.WithoutMessage"/>. Null for every other event.
/// </param>
public sealed record InboxEvent(
    long Sequence,
    EventId Id,
    string Type,
    AccountId AccountId,
    long AccountVersion,
    ConversationId? ConversationId,
    byte[] Body,
    IReadOnlyList<EventId>? Erased = null);
