using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Removes rows whose time is over, the oldest first and a few at a time, because on SQLite every other writer waits for a deletion. A
/// worker that does nothing else needs one call of it.
/// </summary>
/// <typeparam name="TContext">The service's database.</typeparam>
/// <param name="factory">Finds them.</param>
/// <param name="unitOfWork">Removes them.</param>
public sealed class OldRows<TContext>(IDbContextFactory<TContext> factory, IUnitOfWork<TContext> unitOfWork)
    where TContext : ServiceDbContext
{
    /// <summary>How many rows one deletion removes.</summary>
    private const int AtOnce = 500;

    /// <summary>Removes some rows of a table whose key is <c>Id</c>.</summary>
    /// <typeparam name="TRow">The table's entity.</typeparam>
    /// <typeparam name="TKey">The type of its key.</typeparam>
    /// <param name="time">The name of the property that tells a row's time, by which the table has an index.</param>
    /// <param name="until">The newest time that is over (UTC).</param>
    /// <param name="cancellationToken">Cuts it off between two statements.</param>
    /// <returns>When to go on: at once while there may be more.</returns>
    public async Task<NextRound> ForgetAsync<TRow, TKey>(string time, DateTimeOffset until, CancellationToken cancellationToken)
        where TRow : class
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var over = await db.Set<TRow>().Where(row => EF.Property<DateTimeOffset>(row, time) <= until)
            .OrderBy(row => EF.Property<DateTimeOffset>(row, time)).Select(row => EF.Property<TKey>(row, "Id")).Take(AtOnce)
            .ToListAsync(cancellationToken);
        if (over.Count == 0) return NextRound.WhenWoken;
        // The time once more: a row that was renewed meanwhile stays.
        await unitOfWork.ExecuteAsync(
            scope => scope.Db.Set<TRow>()
                .Where(row => over.Contains(EF.Property<TKey>(row, "Id")) && EF.Property<DateTimeOffset>(row, time) <= until)
                .ExecuteDeleteAsync(),
            cancellationToken);
        return over.Count == AtOnce ? NextRound.Now : NextRound.WhenWoken;
    }
}
