using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Data;

/// <summary>The attachments of messages that are taken back.</summary>
internal static class TakenBackMedia
{
    /// <summary>
    /// Removes a message's attachments, whose files go with their rows, and has the sender stop fetching them. Comes before the message
    /// forgets them.
    /// </summary>
    public static void Remove(WorkScope<StoreDbContext> scope, Message message)
    {
        foreach (var attachment in message.Attachments.ToList())
        {
            // Of a message that this unit has not written yet there is neither a row nor a download.
            if (scope.Db.Entry(attachment).State == EntityState.Detached) continue;
            if (attachment is { State: AttachmentState.Fetching, File: { } file })
                scope.Publish(new CancelFetch(attachment.Id, message.AccountId, file));
            scope.Db.Remove(attachment);
        }
    }
}
