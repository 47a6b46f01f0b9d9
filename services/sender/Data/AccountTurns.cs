using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Data;

/// <summary>A row of an account that falls due. Its table has an index that begins with both, and one that begins with the time.</summary>
internal interface IAccountRow
{
    AccountId AccountId { get; }

    /// <summary>UTC.</summary>
    DateTimeOffset DueAt { get; }
}

/// <summary>
/// Lets accounts take turns at a table whose rows fall due, so that none waits for another one's thousands. What waits is not walked over,
/// however much of it there is and whatever the database believes about it: a page shows all that is due, or, when that is more, the next
/// account is one step in the index.
/// </summary>
internal sealed class AccountTurns
{
    private const int PageSize = 100;

    /// <summary>The account that had the last turn, when there was more than a page.</summary>
    private AccountId? _last;

    /// <summary>Finds accounts that have something due.</summary>
    /// <typeparam name="TRow">The rows.</typeparam>
    /// <param name="db">Where they are.</param>
    /// <param name="now">What is due by then.</param>
    /// <param name="most">How many accounts, at least 1.</param>
    /// <param name="except">Accounts that may not have a turn.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    /// <returns>The accounts in the order of their turns.</returns>
    public async Task<IReadOnlyList<AccountId>> NextAsync<TRow>(
        DbContext db, DateTimeOffset now, int most, IReadOnlyCollection<AccountId> except, CancellationToken cancellationToken)
        where TRow : class, IAccountRow
    {
        var rows = db.Set<TRow>().AsNoTracking();
        var page = await db.ReadableAsync(
            first => rows.Where(row => row.DueAt <= now).OrderBy(row => row.DueAt).Select(row => row.AccountId).Take(first),
            PageSize,
            cancellationToken);
        return page.Count < PageSize
            ? [.. page.Distinct().Where(account => !except.Contains(account)).Take(most)]
            : await AroundAsync(db, rows, now, most, except, cancellationToken);
    }

    /// <summary>Goes round all accounts that have rows, from where it stood, until enough of them have something due.</summary>
    private async Task<IReadOnlyList<AccountId>> AroundAsync<TRow>(
        DbContext db,
        IQueryable<TRow> rows,
        DateTimeOffset now,
        int most,
        IReadOnlyCollection<AccountId> except,
        CancellationToken cancellationToken)
        where TRow : class, IAccountRow
    {
        var found = new List<AccountId>();
        var (begun, isSecondHalf) = (_last, false);
        while (found.Count < most)
        {
            var behind = _last is { } last ? rows.Where(row => row.AccountId > last) : rows;
            var step = await db.ReadableAsync(
                take => behind.OrderBy(row => row.AccountId).ThenBy(row => row.DueAt)
                    .Select(row => new { row.AccountId, IsDue = row.DueAt <= now }).Take(take),
                1,
                cancellationToken);
            if (step is not [var next])
            {
                if (isSecondHalf) break;
                (isSecondHalf, _last) = (true, null);
                continue;
            }

            if (isSecondHalf && (begun is not { } first || next.AccountId > first)) break;
            _last = next.AccountId;
            if (next.IsDue && !except.Contains(next.AccountId)) found.Add(next.AccountId);
        }

        return found;
    }
}
