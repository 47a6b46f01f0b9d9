using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Publishing;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Health;

/// <summary>Reads all that an account's health is made of.</summary>
internal sealed class HealthReading(
    IDbContextFactory<SenderDbContext> factory, IOptions<SenderOptions> options, AddressTrial address, TimeProvider clock)
{
    /// <summary>A longer queue is shown as this long.</summary>
    private const int MostCounted = 100_000;

    private static readonly LedgerState[] Open = [LedgerState.Queued, LedgerState.Waiting, LedgerState.Claimed];

    /// <summary>What is wrong with every account.</summary>
    public IEnumerable<HealthProblem> OfAll => address.SureFault is { } fault
        ? [new HealthProblem(fault.Code, $"Uploads cannot be sent. {fault.Message}", fault.NextStep)]
        : [];

    /// <summary>Describes an account as it stands now.</summary>
    public async Task<AccountHealth> OfAsync(SendingAccount account, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        return await OfAsync(db, account, cancellationToken);
    }

    /// <summary>Describes an account as a unit of work sees it.</summary>
    public async Task<AccountHealth> OfAsync(SenderDbContext db, SendingAccount account, CancellationToken cancellationToken)
    {
        var checkup = await db.Set<Checkup>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.AccountId == account.AccountId, cancellationToken);
        var use = await db.Set<ProfileCacheUse>().AsNoTracking()
            .SingleOrDefaultAsync(row => row.AccountId == account.AccountId, cancellationToken);
        var waiting = await WaitingAsync(db, account, cancellationToken);
        return AccountHealth.Of(
            account, checkup ?? Checkup.Of(account.AccountId), waiting, use?.HitRate, options.Value, OfAll, clock.GetUtcNow());
    }

    private static async Task<Waiting> WaitingAsync(SenderDbContext db, SendingAccount account, CancellationToken cancellationToken)
    {
        var id = account.AccountId;
        // In the order of the index, in which counting can end early.
        var waiting = db.Ledger.Where(row => Open.Contains(row.State) && row.AccountId == id)
            .OrderBy(row => row.RecipientId).ThenBy(row => row.State).ThenBy(row => row.Sequence);
        var heavy = await waiting.Where(row => row.Heavy).Take(MostCounted).CountAsync(cancellationToken);
        var queued = await waiting.Take(MostCounted).CountAsync(cancellationToken);
        var toOne = await waiting.Take(MostCounted).GroupBy(row => row.RecipientId).Select(rows => rows.Count())
            .OrderByDescending(count => count).FirstOrDefaultAsync(cancellationToken);
        return new Waiting(queued, heavy, toOne);
    }
}
