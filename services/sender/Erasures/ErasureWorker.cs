using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Jobs;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Erasures;

/// <summary>
/// Carries erasures out, a part in each transaction, and reports when nothing is left. A send whose call is under way is waited for: what
/// Meta says of it would be written beside.
/// </summary>
internal sealed class ErasureWorker(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    ErasureSignal signal,
    TimeProvider clock,
    ILogger<ErasureWorker> logger) : JobWorker<SenderDbContext, DataErasure>(factory, unitOfWork, clock, logger)
{
    private const int AtOnce = 200;

    private static readonly TimeSpan WaitsFor = TimeSpan.FromSeconds(1);

    public override string Name => "sender.erasures";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override WakeSignal Signal => signal;

    protected override IQueryable<string> Ids(IOrderedQueryable<DataErasure> jobs) =>
        jobs.ThenBy(row => row.ErasureId).Select(row => row.ErasureId);

    protected override IQueryable<DataErasure> Of(IQueryable<DataErasure> jobs, string id) => jobs.Where(row => row.ErasureId == id);

    protected override async Task StepAsync(WorkScope<SenderDbContext> scope, DataErasure job, DateTimeOffset now)
    {
        var (db, erasure) = (scope.Db, job);
        var rows = await EraseSendsAsync(db, erasure);
        erasure.Rows += rows;
        if (rows == AtOnce) return;
        await EraseLookUpsAsync(db, erasure);
        if (await EraseLettersAsync(db, erasure)) return;
        if (await IsUnderWayAsync(db, erasure))
        {
            erasure.PutOff(now + WaitsFor);
            return;
        }

        scope.Publish(new DataErased(erasure.ErasureId, erasure.Round, erasure.AccountId, "sender", erasure.Rows));
        erasure.End();
        var before = now - DataErasure.Kept;
        await db.Set<DataErasure>().Where(row => row.AskedAt < before && row.DueAt == null && row.ErasureId != erasure.ErasureId)
            .ExecuteDeleteAsync();
    }

    private static async Task<int> EraseSendsAsync(SenderDbContext db, DataErasure erasure)
    {
        var sequences = await Sends(db, erasure).Where(row => row.State != LedgerState.Claimed).OrderBy(row => row.Sequence)
            .Select(row => row.Sequence).Take(AtOnce).ToListAsync();
        // One that was claimed meanwhile is waited for.
        if (sequences.Count > 0)
            await db.Ledger.Where(row => sequences.Contains(row.Sequence) && row.State != LedgerState.Claimed).ExecuteDeleteAsync();
        return sequences.Count;
    }

    private static IQueryable<LedgerEntry> Sends(SenderDbContext db, DataErasure erasure)
    {
        var sends = db.Ledger.Where(row => row.AccountId == erasure.AccountId && row.AcceptedAt <= erasure.AskedAt);
        return erasure.IsOfAccount ? sends : sends.Where(row => row.RecipientId == erasure.ContactId);
    }

    private static async Task EraseLookUpsAsync(SenderDbContext db, DataErasure erasure)
    {
        var account = erasure.AccountId;
        if (!erasure.IsOfAccount)
        {
            await db.Set<Profiles.ProfileLookup>().Where(row => row.AccountId == account && row.ContactId == erasure.ContactId)
                .ExecuteDeleteAsync();
            return;
        }

        // What was linked again since is another life of the account, and has all of it anew.
        if (await db.Accounts.AnyAsync(row => row.AccountId == account && !row.Unlinked)) return;
        await db.Set<Profiles.ProfileLookup>().Where(row => row.AccountId == account).ExecuteDeleteAsync();
        await db.Set<History.HistoryRun>().Where(row => row.AccountId == account).ExecuteDeleteAsync();
        await db.Set<ProfileCacheUse>().Where(row => row.AccountId == account).ExecuteDeleteAsync();
        await db.Downloads.Where(row => row.AccountId == account && !row.Claimed).ExecuteDeleteAsync();
        await db.Set<Checkup>().Where(row => row.AccountId == account && row.FarewellToken == null).ExecuteDeleteAsync();
    }

    /// <summary>
    /// Whether a call is under way whose end would be written: a send, or the unsubscription with the account's last token.
    /// </summary>
    private static async Task<bool> IsUnderWayAsync(SenderDbContext db, DataErasure erasure) =>
        await Sends(db, erasure).AnyAsync()
        || (erasure.IsOfAccount
            && await db.Set<Checkup>().AnyAsync(row => row.AccountId == erasure.AccountId && row.FarewellToken != null));

    private static async Task<bool> EraseLettersAsync(SenderDbContext db, DataErasure erasure)
    {
        string?[] contact = erasure.IsOfAccount ? [] : [erasure.ContactId!.Value.Value];
        (var erased, erasure.Walked, var hasMore) = await LetterErasure.EraseSomeAsync(
            db, erasure.Walked, erasure.AskedAt, [erasure.AccountId.Value], contact);
        erasure.Rows += erased;
        return hasMore;
    }
}
