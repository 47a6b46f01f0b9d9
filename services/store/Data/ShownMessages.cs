using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;

namespace InstaMessenger.Store.Data;

/// <summary>Which messages show something of a message: it itself, and those that answer it and quote it.</summary>
internal static class ShownMessages
{
    /// <summary>Finds them for each of these messages.</summary>
    public static async Task<ILookup<MessageId, MessageId>> OfAsync(
        StoreDbContext db, IReadOnlyCollection<MessageId> messages, CancellationToken cancellationToken = default)
    {
        var ids = messages.Distinct().ToList();
        if (ids.Count == 0) return Enumerable.Empty<MessageId>().ToLookup(id => id);
        var answers = await db.ReadableAsync(
            db.Messages.Where(message => ids.Contains(message.Id))
                .Join(
                    db.Messages,
                    message => new { message.AccountId, Mid = message.InstagramMessageId },
                    answer => new { answer.AccountId, Mid = answer.ReplyTo },
                    (message, answer) => new { Answer = answer.Id, Message = message.Id })
                .OrderBy(pair => pair.Answer).ThenBy(pair => pair.Message),
            cancellationToken);
        return ids.Select(id => new { Answer = id, Message = id }).Concat(answers).ToLookup(pair => pair.Message, pair => pair.Answer);
    }
}
