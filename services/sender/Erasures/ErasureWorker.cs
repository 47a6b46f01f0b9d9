using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Erasures;

/// <summary>
/// Carries erasures out, a part in each transaction, and reports when nothing is left. A send whose call is under way is waited for: what
/// Meta says of it would be written beside.
/// </summary>
internal sealed partial class ErasureWorker(
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    ErasureSignal signal,
    TimeProvider clock,
    ILogger<ErasureWorker> logger) : RowWorker<string>(clock, logger)
{
    private const int AtOnce = 200;

    private static readonly TimeSpan WaitsFor = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name => "sender.erasures";

    public override TimeSpan Interval => TimeSpan.FromSeconds(1);

    public override WakeSignal Signal => signal;

    protected override int RowsPerRound => 1;

    protected override async Task<IReadOnlyList<string>> FindAsync(
        IReadOnlyCollection<string> except, int limit, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await db.ReadableAsync(
            first => db.Set<DataErasure>().Where(row => row.DueAt <= now && !except.Contains(row.ErasureId)).OrderBy(row => row.DueAt)
                .ThenBy(row => row.ErasureId).Select(row => row.ErasureId).Take(first),
            limit,
            cancellationToken);
    }

    protected override async Task HandleAsync(IReadOnlyList<string> rows, CancellationToken cancellationToken)
    {
        foreach (var id in rows) await unitOfWork.ExecuteAsync(scope => StepAsync(scope, id), cancellationToken);
    }

    protected override Task SetAsideAsync(string row, Exception error, CancellationToken cancellationToken)
    {
        LogStuck(_logger, error, row);
        var until = _clock.GetUtcNow() + TryAgainAfter;
        return unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<DataErasure>().Where(kept => kept.ErasureId == row)
                .ExecuteUpdateAsync(set => set.SetProperty(kept => kept.DueAt, until)),
            cancellationToken);
    }

    private async Task StepAsync(WorkScope<SenderDbContext> scope, string id)
    {
        var (db, now) = (scope.Db, _clock.GetUtcNow());
        var erasure = await db.Set<DataErasure>().ForUpdate().SingleOrDefaultAsync(row => row.ErasureId == id);
        if (erasure is null || erasure.DueAt is null || erasure.DueAt > now) return;
        erasure.DueAt = now;
        var rows = await EraseSendsAsync(db, erasure);
        erasure.Rows += rows;
        if (rows == AtOnce) return;
        await EraseLookUpsAsync(db, erasure);
        if (await EraseLettersAsync(db, erasure)) return;
        if (await IsUnderWayAsync(db, erasure))
        {
            erasure.DueAt = now + WaitsFor;
            return;
        }

        scope.Publish(new DataErased(id, erasure.Round, erasure.AccountId, "sender", erasure.Rows));
        erasure.End();
        var before = now - DataErasure.Kept;
        await db.Set<DataErasure>().Where(row => row.AskedAt < before && row.DueAt == null && row.ErasureId != id).ExecuteDeleteAsync();
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
        var letters = await db.Set<DeadLetter>().Where(row => row.Id > erasure.Walked && row.CreatedAt <= erasure.AskedAt)
            .OrderBy(row => row.Id).Select(row => new { row.Id, row.Body }).Take(AtOnce).ToListAsync();
        if (letters.Count == 0) return false;
        string?[] contact = erasure.IsOfAccount ? [] : [erasure.ContactId!.Value.Value];
        var erased = letters.FindAll(letter => LetterText.Names(letter.Body, [erasure.AccountId.Value], contact))
            .ConvertAll(letter => letter.Id);
        if (erased.Count > 0) erasure.Rows += await db.Set<DeadLetter>().Where(row => erased.Contains(row.Id)).ExecuteDeleteAsync();
        erasure.Walked = letters[^1].Id;
        return letters.Count == AtOnce;
    }

    [LoggerMessage(
        EventName = "erasure.sends_stuck",
        Level = LogLevel.Error,
        Message = "Erasure {ErasureId} cannot go on; it is tried again in ten minutes")]
    private static partial void LogStuck(ILogger logger, Exception error, string erasureId);
}
