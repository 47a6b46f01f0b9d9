using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Data;

/// <summary>
/// Keeps the list and the threads in one order where <see cref="Conversation.Place"/> cannot tell the newest message: it got an earlier
/// time, two have the same time, the newest is gone; and where a message of the business has failed, or turns out to have been sent.
/// </summary>
internal static class NewestMessages
{
    /// <summary>
    /// Writes what the unit has so far, then reads the newest message of each thread, and the newest of the business. One that was taken
    /// back before it went out is neither: nobody has it, and it would hide who waits.
    /// </summary>
    public static async Task FindAsync(StoreDbContext db, IReadOnlyCollection<Conversation> conversations)
    {
        if (conversations.Count == 0) return;
        await db.SaveChangesAsync();
        foreach (var conversation in conversations)
        {
            var messages = db.Messages
                .Where(message => message.ConversationId == conversation.Id && message.Status != MessageStatus.Cancelled)
                .OrderByDescending(message => message.SentAt).ThenByDescending(message => message.Sequence);
            var newest = await messages.FirstOrDefaultAsync();
            if (newest is not null) conversation.Newest(newest);
            var ours = await messages.Where(message => message.Direction == Direction.Outbound)
                .Select(message => new { message.Status, message.SentAt }).FirstOrDefaultAsync();
            conversation.NewestOfOurs(ours?.Status, ours?.SentAt);
        }
    }
}
