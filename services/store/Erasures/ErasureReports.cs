using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Erasures;

/// <summary>Takes what the other services have erased. Only their last round ends an erasure.</summary>
internal sealed class ErasureReports(ErasureSignal signal, TimeProvider clock) : IMessageHandler<StoreDbContext, DataErased>
{
    private const int LastRound = 2;

    public async Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<DataErased>> items)
    {
        foreach (var report in items.Select(item => item.Body))
        {
            var erasure = await scope.Db.Set<Erasure>().ForUpdate().SingleOrDefaultAsync(row => row.Id == report.ErasureId);
            // A report that comes again counts nothing twice.
            if (erasure is null || IsDone(erasure, report.Service)) continue;
            erasure.Count(report.Service == "sender" ? "sends" : "deliveries", report.Rows);
            if (report.Round < LastRound) continue;
            erasure.Report(report.Service, clock.GetUtcNow());
            scope.AfterCommit(signal.Wake);
        }
    }

    private static bool IsDone(Erasure erasure, string service) =>
        (service == "sender" ? erasure.SenderDoneAt : erasure.CrmDoneAt) is not null;
}
