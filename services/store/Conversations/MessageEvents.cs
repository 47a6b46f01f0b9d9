using System.Text.Json;
using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Conversations;

/// <summary><c>data</c> of every <c>message.*</c> event.</summary>
/// <param name="Message">The message as it is after the event.</param>
/// <param name="Conversation">The thread right after the event.</param>
/// <param name="Origin">Where an outbound message was written.</param>
/// <param name="Replaces">
/// A message that clients know under another id and that is this same one. Its echo came before Meta's answer and was taken for a message
/// from elsewhere; that message is gone. Usually there is none, and the member is left out.
/// </param>
internal sealed record MessageEventData(
    MessageView Message,
    ContactView Contact,
    ConversationState? Conversation,
    Origin? Origin,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessageId? Replaces);

/// <summary><c>data</c> of <c>postback.received</c>.</summary>
internal sealed record PostbackEventData(MessageView Message, ContactView Contact, ConversationState? Conversation, Postback? Postback);

/// <summary><c>data</c> of <c>referral.received</c>.</summary>
internal sealed record ReferralEventData(MessageView Message, ContactView Contact, ConversationState? Conversation, Referral? Referral);

/// <summary>The events of messages.</summary>
internal static class MessageEvents
{
    /// <summary>Appends a <c>message.*</c> event with the message as it now is.</summary>
    public static void Append(
        this EventLog log,
        WorkScope<StoreDbContext> scope,
        string type,
        Account account,
        Conversation conversation,
        Message message,
        string? traceParent = null,
        MessageId? replaces = null) =>
        log.Append(
            scope,
            account,
            conversation.Id,
            type,
            DataOf(type, conversation, message, ConversationState.Of(conversation, account, log.Now), replaces),
            traceParent,
            message.Id);

    private static object DataOf(
        string type, Conversation conversation, Message message, ConversationState? state, MessageId? replaces)
    {
        var (shown, contact) = (MessageView.Of(message), ContactView.Of(conversation));
        return type switch
        {
            EventTypes.PostbackReceived => new PostbackEventData(shown, contact, state, shown.Postback),
            EventTypes.ReferralReceived => new ReferralEventData(shown, contact, state, shown.Referral),
            _ => new MessageEventData(shown, contact, state, message.Origin, replaces),
        };
    }

    /// <summary>
    /// Erases what messages said, once they were taken back: in the events that show them or quote them, whether those are in the log or
    /// still in this unit, and in the kept answers that clients get again when they repeat a request.
    /// </summary>
    public static async Task EraseAsync(WorkScope<StoreDbContext> scope, IReadOnlyCollection<Message> messages)
    {
        if (messages.Count == 0) return;
        // An event of the unit's own is written first, so that there is one way to erase.
        if (scope.Db.HasUnwrittenEvents) await scope.Db.SaveChangesAsync();
        var erased = messages.ToDictionary(
            message => message.Id, message => JsonSerializer.SerializeToUtf8Bytes(MessageView.Of(message), ApiJson.Options));
        var shown = await ShownMessages.OfAsync(scope.Db, erased.Keys);
        var unplaced = messages.Where(message => message.InstagramMessageId is not null).Select(
            message => (Showing: (MessageId?)MessageId.Unplaced(message.AccountId, message.InstagramMessageId!.Value), Shown: message.Id));
        var showing = shown.SelectMany(ids => ids.Select(id => (Showing: (MessageId?)id, Shown: ids.Key))).Concat(unplaced)
            .ToLookup(pair => pair.Showing, pair => pair.Shown);
        var all = showing.Select(ids => ids.Key).ToList();
        foreach (var row in await scope.Db.Events.Where(row => all.Contains(row.MessageId)).ToListAsync())
            row.Body = showing[row.MessageId].Aggregate(row.Body, (body, id) => EventBody.WithoutMessage(body, erased[id]));
        await IdempotencyRecord.EraseAsync(scope.Db, messages);
    }

    /// <summary>Erases what messages of no thread said in the events that tell of them as they came.</summary>
    public static async Task EraseUnplacedAsync(
        WorkScope<StoreDbContext> scope, IEnumerable<(AccountId Account, InstagramMessageId Mid)> messages)
    {
        var erased = messages.Distinct().ToDictionary(
            message => MessageId.Unplaced(message.Account, message.Mid),
            message => JsonSerializer.SerializeToUtf8Bytes(new UnplacedMessage(message.Mid), ApiJson.Options));
        if (erased.Count == 0) return;
        var ids = erased.Keys.Select(id => (MessageId?)id).ToList();
        foreach (var row in await scope.Db.Events.Where(row => ids.Contains(row.MessageId)).ToListAsync())
            row.Body = EventBody.WithoutMessage(row.Body, erased[row.MessageId!.Value]);
    }

    private sealed record UnplacedMessage(InstagramMessageId InstagramMessageId);
}
