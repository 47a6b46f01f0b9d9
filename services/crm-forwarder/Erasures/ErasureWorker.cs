using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Erasures;

/// <summary>
/// Carries erasures out, a part in each transaction, and reports when nothing is left. A post that is under way ends as it ends; nothing of
/// it is recorded, because its row is gone.
/// </summary>
internal sealed partial class ErasureWorker(
    IDbContextFactory<CrmForwarderDbContext> factory,
    IUnitOfWork<CrmForwarderDbContext> unitOfWork,
    DeliveryMailbox mailbox,
    ErasureSignal signal,
    TimeProvider clock,
    ILogger<ErasureWorker> logger) : RowWorker<string>(clock, logger)
{
    private const int LettersAtOnce = 100;

    private static readonly TimeSpan ForgetAfter = TimeSpan.FromDays(1);

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _clock = clock;
    private readonly ILogger _logger = logger;

    public override string Name => "crm-forwarder.erasures";

    public override TimeSpan Interval => TimeSpan.FromSeconds(5);

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

    private async Task StepAsync(WorkScope<CrmForwarderDbContext> scope, string id)
    {
        var (db, now) = (scope.Db, _clock.GetUtcNow());
        var erasure = await db.Set<DataErasure>().ForUpdate().SingleOrDefaultAsync(row => row.ErasureId == id);
        if (erasure is null || erasure.DueAt is null || erasure.DueAt > now) return;
        erasure.DueAt = now;
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
            scope.Publish(new DataErased(id, erasure.Round, erasure.AccountId, "crm-forwarder", erasure.Rows));
            (erasure.ReportedAt, erasure.DueAt) = (now, now + ForgetAfter);
            return;
        }

        erasure.End();
        var before = now - DataErasure.Kept;
        await db.Set<DataErasure>().Where(row => row.AskedAt < before && row.DueAt == null && row.ErasureId != id).ExecuteDeleteAsync();
    }

    private static async Task<bool> EraseLettersAsync(CrmForwarderDbContext db, DataErasure erasure)
    {
        var letters = await db.Set<DeadLetter>().Where(row => row.Id > erasure.Walked && row.CreatedAt <= erasure.AskedAt)
            .OrderBy(row => row.Id).Select(row => new { row.Id, row.Body }).Take(LettersAtOnce).ToListAsync();
        if (letters.Count == 0) return false;
        string?[] contact = erasure.IsOfAccount ? [] : [erasure.ContactId!.Value.Value, erasure.ConversationId?.Value];
        var erased = letters.FindAll(letter => LetterText.Names(letter.Body, [erasure.AccountId.Value], contact))
            .ConvertAll(letter => letter.Id);
        if (erased.Count > 0) erasure.Rows += await db.Set<DeadLetter>().Where(row => erased.Contains(row.Id)).ExecuteDeleteAsync();
        erasure.Walked = letters[^1].Id;
        return letters.Count == LettersAtOnce;
    }

    [LoggerMessage(
        EventName = "erasure.deliveries_stuck",
        Level = LogLevel.Error,
        Message = "Erasure {ErasureId} cannot go on; it is tried again in ten minutes")]
    private static partial void LogStuck(ILogger logger, Exception error, string erasureId);
}
