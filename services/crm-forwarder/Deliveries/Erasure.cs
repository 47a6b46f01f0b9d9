using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Takes out of deliveries what a message said that was taken back: out of those that wait, and out of those that were made and may be
/// made again. An event that comes only afterwards is known, and loses it as it comes.
/// </summary>
internal sealed class Erasure(DeliveryMailbox mailbox, TimeProvider clock)
{
    /// <summary>How many bodies one statement writes: each may have some ten thousand bytes.</summary>
    private const int AtOnce = 50;

    private const string Mid = "instagram_message_id";

    /// <summary>Erases what these events say was taken back. Comes behind the deliveries of the same bundle.</summary>
    public async Task ApplyAsync(WorkScope<CrmForwarderDbContext> scope, IEnumerable<InboxEvent> events)
    {
        var now = clock.GetUtcNow();
        List<ErasedEvent> erased =
        [
            .. events.Where(deleted => deleted.Erased is { Count: > 0 }).SelectMany(
                deleted => MessageOf(deleted) is var (id, message)
                    ? deleted.Erased!.Select(
                        shown => new ErasedEvent { EventId = shown, MessageId = id, Message = message, ErasedAt = now })
                    : []),
        ];
        if (erased.Count == 0) return;
        await EraseAsync(scope, new ErasedMessages(erased));
        await BulkInsert.EntitiesAsync(scope.Db, erased, ifAbsent: true);
    }

    private async Task EraseAsync(WorkScope<CrmForwarderDbContext> scope, ErasedMessages erased)
    {
        var db = scope.Db;
        var ids = erased.Events;
        var deliveries = await db.Deliveries.Where(row => ids.Contains(row.EventId))
            .Select(row => new { row.Id, row.EventId, row.EndpointId, row.Body }).ToListAsync();
        foreach (var chunk in deliveries.Chunk(AtOnce))
            await WriteAsync(db, [.. chunk.Select(row => (row.Id, erased.Without(row.EventId, row.Body)))]);

        // What a CRM answered may repeat what it was sent.
        var made = deliveries.ConvertAll(delivery => delivery.Id);
        await db.Attempts.Where(row => made.Contains(row.DeliveryId) && row.Answer != null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Answer, (string?)null));

        // With those of this bundle, which are not written yet.
        var waitings = (await db.WaitingEvents.Where(row => ids.Contains(row.EventId)).ToListAsync()).Concat(db.WaitingEvents.Local)
            .Where(row => ids.Contains(row.EventId)).Distinct();
        foreach (var waiting in waitings) waiting.Body = erased.Without(waiting.EventId, waiting.Body);

        // What was read ahead is what it was before.
        var endpoints = deliveries.Select(delivery => delivery.EndpointId).Distinct().ToList();
        scope.AfterCommit(() => endpoints.ForEach(mailbox.EndpointChanged));
    }

    /// <summary>Writes bodies in one statement, which LINQ has no form for: each row gets another one.</summary>
    private static Task<int> WriteAsync(CrmForwarderDbContext db, (long Id, byte[] Body)[] bodies)
    {
        var when = new StringBuilder();
        for (var n = 0; n < bodies.Length; n++) when.Append($" WHEN {{{2 * n}}} THEN {{{(2 * n) + 1}}}");
        var ids = string.Join(", ", bodies.Select((_, n) => $"{{{2 * n}}}"));
        var sql = $"UPDATE deliveries SET body = CASE id{when} END WHERE id IN ({ids})";
        return db.Database.ExecuteSqlRawAsync(
            sql, [.. bodies.SelectMany(body => new object[] { body.Id, body.Body })]);
    }

    /// <summary>Reads the message; one that is in no thread only has Meta's id.</summary>
    private static (MessageId Id, byte[] Message)? MessageOf(InboxEvent deleted)
    {
        try
        {
            using var json = JsonDocument.Parse(deleted.Body);
            var data = json.RootElement.GetProperty("data");
            if (!data.TryGetProperty("message", out var message))
                return InstagramMessageId.TryParse(data.GetProperty(Mid).GetString(), out var mid)
                    ? (MessageId.Unplaced(deleted.AccountId, mid),
                        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, InstagramMessageId> { [Mid] = mid }))
                    : null;
            return MessageId.TryParse(message.GetProperty("id").GetString(), out var id)
                ? (id, JsonSerializer.SerializeToUtf8Bytes(message))
                : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
