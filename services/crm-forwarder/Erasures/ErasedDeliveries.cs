using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Erasures;

/// <summary>Removes deliveries, made or not, with their log.</summary>
internal static class ErasedDeliveries
{
    /// <summary>Deliveries that one unit looks at: by their key, because no index is worth what it would cost each delivery.</summary>
    private const int AtOnce = 1000;

    /// <summary>Does a part of it and returns whether there is more.</summary>
    public static async Task<bool> EraseSomeAsync(WorkScope<CrmForwarderDbContext> scope, DataErasure erasure, DeliveryMailbox mailbox)
    {
        var db = scope.Db;
        var rows = await db.Deliveries.Where(row => row.Id > erasure.Walked).OrderBy(row => row.Id)
            .Select(row => new { row.Id, row.EventType, row.AccountId, row.ConversationId, row.Sequence }).Take(AtOnce).ToListAsync();
        if (rows.Count == 0) return false;
        var judged = rows.ConvertAll(
            row => (row.Id, IsErased: erasure.Covers(row.EventType, row.AccountId, row.ConversationId, row.Sequence)));
        var erased = judged.FindAll(row => row.IsErased is true).ConvertAll(row => row.Id);
        var loose = judged.FindAll(row => row.IsErased is null).ConvertAll(row => row.Id);
        if (loose.Count > 0)
        {
            var bodies = await db.Deliveries.Where(row => loose.Contains(row.Id)).Select(row => new { row.Id, row.Body }).ToListAsync();
            erased.AddRange(bodies.Where(row => erasure.Names(row.Body)).Select(row => row.Id));
        }

        erasure.Rows += await RemoveAsync(scope, erased, mailbox);
        erasure.Walked = rows[^1].Id;
        return rows.Count == AtOnce;
    }

    /// <summary>Removes deliveries and returns how many there were.</summary>
    public static async Task<int> RemoveAsync(WorkScope<CrmForwarderDbContext> scope, List<long> ids, DeliveryMailbox mailbox)
    {
        if (ids.Count == 0) return 0;
        var endpoints = await scope.Db.Deliveries.Where(row => ids.Contains(row.Id)).Select(row => row.EndpointId).Distinct().ToListAsync();
        // The deliveries first: whoever records an attempt meanwhile waits for them, and finds them gone.
        var removed = await scope.Db.Deliveries.Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync();
        await scope.Db.Attempts.Where(row => ids.Contains(row.DeliveryId)).ExecuteDeleteAsync();
        // What was read ahead is what it was before.
        scope.AfterCommit(() => endpoints.ForEach(mailbox.EndpointChanged));
        return removed;
    }

    /// <summary>Removes events that wait for the news of their account.</summary>
    public static async Task EraseWaitingAsync(CrmForwarderDbContext db, DataErasure erasure)
    {
        var waiting = await db.ReadableAsync(
            db.WaitingEvents.Where(row => row.AccountId == erasure.AccountId).OrderBy(row => row.EventId));
        var erased = waiting.Where(
            row => erasure.Covers(row.EventType, row.AccountId, row.ConversationId, row.Sequence) ?? erasure.Names(row.Body)).ToList();
        db.RemoveRange(erased);
        erasure.Rows += erased.Count;
    }
}
