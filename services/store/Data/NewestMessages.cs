using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Data;

/// <summary>
/// Keeps the list and the threads in one order where <see cref="Conversation.Place"/> cannot tell the newest message: it got an earlier
/// time, two have the same time, or the newest is gone.
/// </summary>
internal static class NewestMessages
{
    /// <summary>Writes what the unit has so far, then reads the newest message of each thread.</summary>
    public static async Task FindAsync(StoreDbContext db, IReadOnlyCollection<Conversation> conversations)
    {
        if (conversations.Count == 0) return;
        await db.SaveChangesAsync();
        foreach (var conversation in conversations)
        {
            var newest = await db.Messages.Where(message => message.ConversationId == conversation.Id)
                .OrderByDescending(message => message.SentAt).ThenByDescending(message => message.Sequence)
                .FirstOrDefaultAsync();
            if (newest is not null) conversation.Newest(newest);
        }
    }
}
