using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>
/// Finds scheduled sends that are due. When more is due than one round takes, the accounts take turns, so that a hundred thousand sends
/// which one tenant has scheduled for one second put off nobody else's by minutes. Of each account those come first that fell due first.
/// </summary>
internal sealed class ScheduledTurns
{
    /// <summary>The account that had the last turn.</summary>
    private AccountId? _last;

    /// <summary>Finds what one round takes.</summary>
    /// <param name="db">Where the rows are.</param>
    /// <param name="now">What is due by then.</param>
    /// <param name="except">Rows that may not come.</param>
    /// <param name="most">How many, at least 1. It is fewer only when nothing else is due.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    /// <returns>The rows' ids.</returns>
    public async Task<IReadOnlyList<long>> NextAsync(
        StoreDbContext db, DateTimeOffset now, IReadOnlyCollection<long> except, int most, CancellationToken cancellationToken)
    {
        var due = db.Set<ScheduledSend>().Where(row => row.DueAt <= now && !except.Contains(row.Id));
        var all = await Ids(due).Take(most).ToListAsync(cancellationToken);
        if (all.Count < most) return all;
        var accounts = await NextAccountsAsync(db, now, most, cancellationToken);
        var (found, eager) = (new List<long>(), new List<AccountId>());
        for (var n = 0; n < accounts.Count; n++)
        {
            // What the accounts before it have left of theirs is shared by those to come.
            var (account, share) = (accounts[n], (most - found.Count) / (accounts.Count - n));
            var some = await Ids(due.Where(row => row.AccountId == account)).Take(share).ToListAsync(cancellationToken);
            found.AddRange(some);
            if (some.Count == share) eager.Add(account);
        }

        foreach (var account in eager.TakeWhile(_ => found.Count < most))
        {
            found.AddRange(await Ids(due.Where(row => row.AccountId == account && !found.Contains(row.Id))).Take(most - found.Count)
                .ToListAsync(cancellationToken));
        }

        return found;
    }

    /// <summary>
    /// Those of the accounts that have something due. It is one step in the index for each account, however much waits for it.
    /// </summary>
    internal static IQueryable<AccountId> Waiting(StoreDbContext db, IQueryable<Account> accounts, DateTimeOffset now) => accounts
        .Select(account => new
        {
            account.Id,
            First = db.Set<ScheduledSend>().Where(row => row.AccountId == account.Id).OrderBy(row => row.DueAt)
                .Select(row => (DateTimeOffset?)row.DueAt).FirstOrDefault(),
        })
        .Where(account => account.First <= now).OrderBy(account => account.Id).Select(account => account.Id);

    private static IQueryable<long> Ids(IQueryable<ScheduledSend> rows) =>
        rows.OrderBy(row => row.DueAt).ThenBy(row => row.Id).Select(row => row.Id);

    /// <summary>Goes round the accounts, from where it stood.</summary>
    private async Task<List<AccountId>> NextAccountsAsync(
        StoreDbContext db, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var accounts = new List<AccountId>();
        var begun = _last;
        if (begun is { } last)
        {
            accounts.AddRange(await db.ReadableAsync(
                first => Waiting(db, db.Accounts.Where(account => account.Id > last), now).Take(first), most, cancellationToken));
        }

        if (accounts.Count < most)
        {
            var rest = begun is { } end ? db.Accounts.Where(account => !(account.Id > end)) : db.Accounts;
            accounts.AddRange(await db.ReadableAsync(
                first => Waiting(db, rest, now).Take(first), most - accounts.Count, cancellationToken));
        }

        if (accounts.Count > 0) _last = accounts[^1];
        return accounts;
    }
}
