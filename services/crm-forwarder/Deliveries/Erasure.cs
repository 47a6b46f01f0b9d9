using System.Text.Json;
using InstaMessenger.Contracts.Events;
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
    /// <summary>Erases what these events say was taken back. Comes behind the deliveries of the same bundle.</summary>
    public async Task ApplyAsync(WorkScope<CrmForwarderDbContext> scope, IEnumerable<InboxEvent> events)
    {
        foreach (var deleted in events.Where(deleted => deleted.Erased is { Count: > 0 }))
        {
            if (MessageOf(deleted.Body) is { } message) await ApplyAsync(scope, deleted.Erased!, message);
        }
    }

    /// <summary>Of events that were erased before they came, returns the messages as they are now.</summary>
    public static async Task<IReadOnlyDictionary<EventId, byte[]>> MessagesOfAsync(CrmForwarderDbContext db, IEnumerable<EventId> events)
    {
        var ids = events.ToList();
        return await db.Set<ErasedEvent>().Where(row => ids.Contains(row.EventId))
            .ToDictionaryAsync(row => row.EventId, row => row.Message);
    }

    private async Task ApplyAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<EventId> events, byte[] message)
    {
        var (db, now) = (scope.Db, clock.GetUtcNow());
        var deliveries = await db.Deliveries.Where(row => events.Contains(row.EventId))
            .Select(row => new { row.Id, row.EndpointId, row.Body }).ToListAsync();
        foreach (var delivery in deliveries)
        {
            var body = EventBody.WithoutMessage(delivery.Body, message);
            await db.Deliveries.Where(row => row.Id == delivery.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Body, body));
        }

        // With those of this bundle, which are not written yet.
        var waitings = (await db.WaitingEvents.Where(row => events.Contains(row.EventId)).ToListAsync()).Concat(db.WaitingEvents.Local)
            .Where(row => events.Contains(row.EventId)).Distinct();
        foreach (var waiting in waitings)
            waiting.Body = EventBody.WithoutMessage(waiting.Body, message);

        await db.Set<ErasedEvent>().Where(row => row.ErasedAt < now - ErasedEvent.Kept).ExecuteDeleteAsync();
        await BulkInsert.EntitiesAsync(
            db, events.Select(id => new ErasedEvent { EventId = id, Message = message, ErasedAt = now }).ToList(), ifAbsent: true);
        // What was read ahead is what it was before.
        var endpoints = deliveries.Select(delivery => delivery.EndpointId).Distinct().ToList();
        scope.AfterCommit(() => endpoints.ForEach(mailbox.EndpointChanged));
    }

    private static byte[]? MessageOf(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return JsonSerializer.SerializeToUtf8Bytes(json.RootElement.GetProperty("data").GetProperty("message"));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
