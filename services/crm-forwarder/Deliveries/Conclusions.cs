using InstaMessenger.CrmForwarder.Claims;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Deliveries;

/// <summary>
/// Writes conclusions. Each counts only while its row knows of exactly the attempts before it, so that writing it a second time, after a
/// commit whose answer was lost, changes nothing.
/// </summary>
internal static class Conclusions
{
    /// <returns>Those that counted; the others are of endpoints that another process has taken since.</returns>
    public static async Task<List<Conclusion>> WriteAsync(
        WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<Conclusion> all, DateTimeOffset now)
    {
        var db = scope.Db;
        var conclusions = await OursAsync(db, all);
        var found = 0;
        foreach (var same in conclusions.Where(c => c.State == DeliveryState.Delivered)
            .GroupBy(c => (c.Result.Status, c.Number, c.Result.Delivery.ReplayId)))
        {
            var (status, number, replay) = same.Key;
            var written = await DeliveredAsync(db, [.. same.Select(c => c.Result.Delivery.Id)], status, number, now);
            found += written;
            if (replay is not null) await EndpointReplay.CountAsync(db, replay, delivered: written, dead: 0, now);
        }

        foreach (var conclusion in conclusions.Where(c => c.State != DeliveryState.Delivered))
        {
            var (written, isThere) = await NotDeliveredAsync(db, conclusion);
            if (isThere) found++;
            if (conclusion.Result.Delivery.ReplayId is { } replay)
                await EndpointReplay.CountAsync(db, replay, 0, conclusion.State == DeliveryState.Dead ? written : 0, now);
        }

        foreach (var target in conclusions.Where(c => c.Result.Verdict == Verdict.Gone).Select(c => c.Result.Target).Distinct())
            await DisableAsync(db, target, now);
        foreach (var same in conclusions.GroupBy(c => c.Result.Target.EndpointId))
        {
            await KeepTrustAsync(db, same.Last().Result);
            await EndpointHealth.KeepAsync(scope, [.. same], now);
        }

        var kept = found == conclusions.Count ? conclusions : await StillThereAsync(db, conclusions);
        await DeliveryAttempt.InsertAsync(db, [.. kept.Select(AttemptOf)]);
        return conclusions;
    }

    /// <summary>The last resort for a row that cannot be worked with: it is not posted again until somebody asks for it.</summary>
    public static Task SetAsideAsync(CrmForwarderDbContext db, long delivery, string error) => db.Deliveries
        .Where(row => row.Id == delivery && (row.State == DeliveryState.Pending || row.State == DeliveryState.Replaying))
        .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, DeliveryState.Dead).SetProperty(row => row.LastError, error));

    private static async Task<List<Conclusion>> OursAsync(CrmForwarderDbContext db, IReadOnlyList<Conclusion> conclusions)
    {
        var ours = new List<Conclusion>();
        foreach (var same in conclusions.GroupBy(c => c.Result.Target.Claim))
        {
            var held = await EndpointClaims.HeldAsync(db, same.Select(c => c.Result.Target.EndpointId), same.Key);
            ours.AddRange(same.Where(c => held.Contains(c.Result.Target.EndpointId)));
        }

        return ours;
    }

    /// <summary>
    /// Leaves out deliveries that were erased while they were posted: what was answered may tell of whoever was erased, and nobody would
    /// find it again.
    /// </summary>
    private static async Task<List<Conclusion>> StillThereAsync(CrmForwarderDbContext db, List<Conclusion> conclusions)
    {
        var ids = conclusions.ConvertAll(c => c.Result.Delivery.Id);
        var there = await db.Deliveries.Where(row => ids.Contains(row.Id)).Select(row => row.Id).ToHashSetAsync();
        return conclusions.FindAll(c => there.Contains(c.Result.Delivery.Id));
    }

    private static DeliveryAttempt AttemptOf(Conclusion conclusion) => new()
    {
        DeliveryId = conclusion.Result.Delivery.Id,
        Number = conclusion.Number,
        At = conclusion.Result.At,
        Status = conclusion.Result.Status,
        Error = conclusion.Result.Error,
        DurationMs = (int)conclusion.Result.Duration.TotalMilliseconds,
        Answer = conclusion.Result.Answer,
        NextAttemptAt = conclusion.NextAttemptAt,
    };

    private static Task<int> DeliveredAsync(CrmForwarderDbContext db, List<long> ids, int? status, int number, DateTimeOffset now) =>
        db.Deliveries
        .Where(row => ids.Contains(row.Id) && row.Attempts == number - 1)
        .ExecuteUpdateAsync(set => set
            .SetProperty(row => row.State, DeliveryState.Delivered)
            .SetProperty(row => row.Attempts, number)
            .SetProperty(row => row.DeliveredAt, now)
            .SetProperty(row => row.LastStatus, status)
            .SetProperty(row => row.LastError, (string?)null));

    private static async Task<(int Written, bool IsThere)> NotDeliveredAsync(CrmForwarderDbContext db, Conclusion conclusion)
    {
        var (result, state, due) = conclusion;
        var before = result.Delivery.Waits;
        var row = db.Deliveries.Where(row => row.Id == result.Delivery.Id && row.Attempts == conclusion.Number - 1);
        var written = await row.Where(row => row.State == before).ExecuteUpdateAsync(set => set
            .SetProperty(row => row.State, state)
            .SetProperty(row => row.Attempts, conclusion.Number)
            .SetProperty(row => row.Failures, result.Delivery.Failures + (result.Verdict == Verdict.Gone ? 0 : 1))
            .SetProperty(row => row.DueAt, due)
            .SetProperty(row => row.LastStatus, result.Status)
            .SetProperty(row => row.LastError, result.Error));
        // The account was unlinked meanwhile, which has buried the delivery. It stays buried, but the attempt was made and has its number.
        var isThere = written > 0 || await row.ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Attempts, conclusion.Number).SetProperty(row => row.LastStatus, result.Status)) > 0;
        return (written, isThere);
    }

    /// <summary>Disables the endpoint, but only while its URL is the one that answered.</summary>
    private static Task<int> DisableAsync(CrmForwarderDbContext db, DeliveryTarget target, DateTimeOffset now) => db.Endpoints
        .Where(row => row.Id == target.EndpointId && row.Url == target.Url && row.State == EndpointState.Active)
        .ExecuteUpdateAsync(set => set
            .SetProperty(row => row.State, EndpointState.Disabled)
            .SetProperty(row => row.Reason, "gone")
            .SetProperty(row => row.ChangedAt, now));

    /// <summary>Keeps whether the endpoint is proven. It is written when it changes and not for each delivery.</summary>
    private static async Task KeepTrustAsync(CrmForwarderDbContext db, AttemptResult last)
    {
        var (target, proven) = (last.Target, last.ProvesEndpoint ?? last.Target.Proven);
        if (proven == target.Proven) return;
        await db.Endpoints.Where(row => row.Id == target.EndpointId && row.Url == target.Url && row.Proven != proven)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Proven, proven));
    }
}
