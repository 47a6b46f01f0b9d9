using System.Collections.Concurrent;
using System.Globalization;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using InstaMessenger.Hosting.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Reads rows of which one may be rotten: an id without its form, a time out of range, a word that no enum has, left by a bug, a restored
/// backup or a person's hand. Such a row is left out and reported once; the rows beside it are returned.
/// </summary>
public static partial class ReadableRows
{
    /// <summary>More than this in one read are not rotten rows: the table is another version's, and everybody should know.</summary>
    private const int MostRotten = 1_000;

    /// <summary>How many rows are read at a time where one is rotten.</summary>
    private const int LongestStretch = 64;

    /// <summary>
    /// What each host has reported, so that a list that is read every second reports a row once. Forgotten with the host.
    /// </summary>
    private static readonly ConditionalWeakTable<ILoggerFactory, ConcurrentDictionary<string, bool>> Told = [];

    /// <summary>
    /// Reads a page of a list. It is one statement, as without this method. Only when that fails are the rows read in smaller stretches, so
    /// that the page is full although a row is left out, and the rows behind it are found.
    /// </summary>
    /// <typeparam name="T">An entity, or what a query makes of one; its first column names the row.</typeparam>
    /// <param name="db">The context of the query.</param>
    /// <param name="first">Makes a query of the first n rows of the list, in order.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The rows that can be read.</returns>
    public static async Task<IReadOnlyList<T>> ReadableAsync<T>(
        this DbContext db, Func<int, IQueryable<T>> first, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(first);
        try
        {
            return await first(limit).ToListAsync(cancellationToken);
        }
        catch (Exception error) when (DatabaseErrors.IsUnreadable(error))
        {
            return await AroundRottenAsync(db, (place, count) => first(place + count).Skip(place), limit, cancellationToken);
        }
    }

    /// <summary>
    /// Reads all rows of a query, like <see cref="ReadableAsync{T}(DbContext, Func{int, IQueryable{T}}, int, CancellationToken)"/>.
    /// </summary>
    /// <typeparam name="T">An entity, or what a query makes of one; its first column names the row.</typeparam>
    /// <param name="db">The context of the query.</param>
    /// <param name="rows">The query, in an order without ties.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The rows that can be read.</returns>
    public static async Task<IReadOnlyList<T>> ReadableAsync<T>(
        this DbContext db, IQueryable<T> rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        try
        {
            return await rows.ToListAsync(cancellationToken);
        }
        catch (Exception error) when (DatabaseErrors.IsUnreadable(error))
        {
            return await AroundRottenAsync(db, (place, count) => rows.Skip(place).Take(count), int.MaxValue, cancellationToken);
        }
    }

    /// <summary>Reports a row that was left out, once in the life of the process: one line in the log and one in the metrics.</summary>
    /// <param name="db">Its context.</param>
    /// <param name="table">Its table, or what is read of it.</param>
    /// <param name="key">What names the row.</param>
    /// <param name="error">Why it cannot be read; null when that is obvious.</param>
    public static void TellUnreadable(this DbContext db, string table, string key, Exception? error = null)
    {
        var loggers = db.GetService<ILoggerFactory>();
        var told = Told.GetOrCreateValue(loggers);
        if (told.Count >= MostRotten || !told.TryAdd($"{table} {key}", true)) return;
        Metrics.UnreadableRow(table);
        LogLeftOut(loggers.CreateLogger(typeof(ReadableRows)), error, table, key);
    }

    /// <summary>
    /// Reads a stretch of rows, and where it fails its halves: a rotten row costs some statements, and not one for each row beside it.
    /// </summary>
    private static async Task<List<T>> AroundRottenAsync<T>(
        DbContext db, Func<int, int, IQueryable<T>> at, int limit, CancellationToken cancellationToken)
    {
        var readable = new List<T>();
        var stretches = new Stack<(int Place, int Count)>();
        var (next, rotten) = (0, 0);
        while (readable.Count < limit)
        {
            if (!stretches.TryPop(out var stretch))
            {
                stretch = (next, Math.Min(limit - readable.Count, LongestStretch));
                next += stretch.Count;
            }

            var rows = at(stretch.Place, stretch.Count);
            try
            {
                var read = await rows.ToListAsync(cancellationToken);
                readable.AddRange(read);
                if (read.Count < stretch.Count) break;
            }
            catch (Exception error) when (DatabaseErrors.IsUnreadable(error) && rotten < MostRotten)
            {
                if (stretch.Count == 1)
                {
                    rotten++;
                    db.TellUnreadable(TableOf(rows), await KeyOfAsync(db, rows, cancellationToken), error);
                    continue;
                }

                var half = stretch.Count / 2;
                stretches.Push((stretch.Place + half, stretch.Count - half));
                stretches.Push((stretch.Place, half));
            }
        }

        return readable;
    }

    /// <summary>The table that a query begins with, whatever it makes of the rows.</summary>
    private static string TableOf<T>(IQueryable<T> rows)
    {
        var beginning = new Beginning();
        beginning.Visit(rows.Expression);
        return beginning.Table ?? typeof(T).Name;
    }

    /// <summary>Returns the first column as it is stored: even an id without its form names its row.</summary>
    private static async Task<string> KeyOfAsync<T>(DbContext db, IQueryable<T> row, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = row.CreateDbCommand();
            return Convert.ToString(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) ?? "";
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    [LoggerMessage(
        EventName = "row.unreadable",
        Level = LogLevel.Error,
        Message = "The row {Key} of {Table} cannot be read and is left out of lists; the others are shown")]
    private static partial void LogLeftOut(ILogger logger, Exception? error, string table, string key);

    private sealed class Beginning : ExpressionVisitor
    {
        public string? Table { get; private set; }

        protected override Expression VisitExtension(Expression node)
        {
            if (node is EntityQueryRootExpression root) Table ??= root.EntityType.GetTableName();
            return node;
        }
    }
}
