using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Events;

/// <summary><c>data</c> of every <c>message.*</c> event.</summary>
internal sealed record MessageEventData(MessageView Message, ContactView Contact, Origin? Origin);

/// <summary>The events of messages.</summary>
internal static class MessageEvents
{
    /// <summary>Appends a <c>message.*</c> event with the message as it now is.</summary>
    public static void Append(
        this EventLog log, WorkScope<StoreDbContext> scope, string type, Account account, Conversation conversation, Message message, string? traceParent = null) =>
        log.Append(scope, account, conversation.Id, type, new MessageEventData(MessageView.Of(message), ContactView.Of(conversation), message.Origin), traceParent);
}
