using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Media;

/// <summary>Attachments with their messages, threads and accounts, the threads locked before their messages like everywhere.</summary>
internal sealed class MediaMessages
{
    private readonly Dictionary<MessageId, Owner> _owners;

    private MediaMessages(Dictionary<MessageId, Owner> owners) => _owners = owners;

    public static async Task<MediaMessages> LoadAsync(StoreDbContext db, IReadOnlyCollection<AttachmentId> attachments)
    {
        var ids = attachments.Select(MessageOf).Distinct().ToList();
        var threads = await db.Messages.Where(message => ids.Contains(message.Id)).Select(message => message.ConversationId).Distinct()
            .ToListAsync();
        var conversations = await db.Conversations.ForUpdate().Where(row => threads.Contains(row.Id)).ToDictionaryAsync(row => row.Id);
        var messages = await db.Messages.Include(message => message.Attachments).Where(message => ids.Contains(message.Id)).ToListAsync();
        var owners = messages.Select(message => message.AccountId).Distinct().ToList();
        var accounts = await db.Accounts.Where(account => owners.Contains(account.Id)).ToDictionaryAsync(account => account.Id);
        return new MediaMessages(messages.ToDictionary(
            message => message.Id, message => new Owner(message, conversations[message.ConversationId], accounts[message.AccountId])));
    }

    public (Owner? Owner, Attachment? Attachment) Find(AttachmentId id)
    {
        var owner = _owners.GetValueOrDefault(MessageOf(id));
        return (owner, owner?.Message.Attachments.FirstOrDefault(attachment => attachment.Id == id));
    }

    /// <summary>The message of an attachment, whose id begins with it.</summary>
    public static MessageId MessageOf(AttachmentId id) => MessageId.Parse(id.Value[..id.Value.LastIndexOf('_')]);

    internal sealed record Owner(Message Message, Conversation Conversation, Account Account);
}
