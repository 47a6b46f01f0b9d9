using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Outbound;

/// <summary>The command that has a message sent.</summary>
internal static class SendCommand
{
    public static SendMessage Of(
        Message message, Account account, Conversation conversation, SendPermit permit, DateTimeOffset now, MessageId? before) =>
        new(
            message.Id,
            account.Id,
            account.Version,
            conversation.ContactId,
            message.Content,
            permit.HumanAgentTag,
            permit.ExpiresAt,
            now) { After = before };
}
