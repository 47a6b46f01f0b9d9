using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Jobs;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Erasures;

/// <summary>
/// Carries erasures out, a part in each transaction, and reports when nothing is left. A post that is under way ends as it ends; nothing of
/// it is recorded, because its row is gone.
/// </summary>
internal sealed class ErasureWorker(
    IDbContextFactory<CrmForwarderDbContext> factory,
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    DeliveryMailbox mailbox,
    ErasureSignal signal,
    TimeProvider clock,
    ILogger<ErasureWorker> logger) : JobWorker<CrmForwarderDbContext, DataErasure>(factory, unitOfWork, clock, logger)
{
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromDays(1);

    public override string Name => "crm-forwarder.erasures";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

    public override WakeSignal Signal => signal;

    protected override IQueryable<string> Ids(IOrderedQueryable<DataErasure> jobs) =>
        jobs.ThenBy(row => row.ErasureId).Select(row => row.ErasureId);

    protected override IQueryable<DataErasure> Of(IQueryable<DataErasure> jobs, string id) => jobs.Where(row => row.ErasureId == id);

    protected override async Task StepAsync(WorkScope<CrmForwarderDbContext> scope, DataErasure job, DateTimeOffset now)
    {
        var (db, erasure) = (scope.Db, job);
        if (!erasure.DeliveriesDone)
        {
            if (await ErasedDeliveries.EraseSomeAsync(scope, erasure, mailbox)) return;
            await ErasedDeliveries.EraseWaitingAsync(db, erasure);
            (erasure.DeliveriesDone, erasure.Walked) = (true, 0);
            return;
        }

        if (await EraseLettersAsync(db, erasure)) return;
        if (erasure.ReportedAt is null)
        {
            scope.Publish(new DataErased(erasure.ErasureId, erasure.Round, erasure.AccountId, "crm-forwarder", erasure.Rows));
            erasure.ReportedAt = now;
            erasure.PutOff(now + ForgetAfter);
            return;
        }

        erasure.End();
        var before = now - DataErasure.Kept;
        await db.Set<DataErasure>().Where(row => row.AskedAt < before && row.DueAt == null && row.ErasureId != erasure.ErasureId)
            .ExecuteDeleteAsync();
    }

    private static async Task<bool> EraseLettersAsync(CrmForwarderDbContext db, DataErasure erasure)
    {
        string?[] contact = erasure.IsOfAccount ? [] : [erasure.ContactId!.Value.Value, erasure.ConversationId?.Value];
        (var erased, erasure.Walked, var hasMore) = await LetterErasure.EraseSomeAsync(
            db, erasure.Walked, erasure.AskedAt, [erasure.AccountId.Value], contact);
        erasure.Rows += erased;
        return hasMore;
    }
}
