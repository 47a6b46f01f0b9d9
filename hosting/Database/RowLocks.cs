using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace InstaMessenger.Hosting.Database;

/// <summary>Rows that a unit of work reads and then changes.</summary>
public static class RowLocks
{
    internal const string Tag = "for update";
    internal const string KeyTag = "by primary key";

    /// <summary>
    /// Holds the rows to the end of the unit on MySQL, so that two units that change the same row wait for each other instead of one
    /// running again. SQLite runs one unit at a time anyway.
    /// </summary>
    /// <typeparam name="T">The rows.</typeparam>
    /// <param name="rows">A query of one table in a unit of work; whoever locks rows of several tables does it in the same order
    /// everywhere.</param>
    /// <returns>The query.</returns>
    public static IQueryable<T> ForUpdate<T>(this IQueryable<T> rows) => rows.TagWith(Tag);

    /// <summary>
    /// Makes a delete find its rows by primary key, even in a small table. Otherwise MySQL reads such a table as a whole, and waits for
    /// every row in it that another unit has not committed yet.
    /// </summary>
    /// <typeparam name="T">The rows.</typeparam>
    /// <param name="rows">A query of one table that names the rows by their key, to be deleted.</param>
    /// <returns>The query.</returns>
    public static IQueryable<T> ByPrimaryKey<T>(this IQueryable<T> rows) => rows.TagWith(KeyTag);
}

/// <summary>Turns the tags of <see cref="RowLocks"/>, which EF writes as comments, into the clauses.</summary>
internal sealed partial class RowLocksInterceptor : DbCommandInterceptor
{
    public static readonly RowLocksInterceptor Instance = new();

    private const string Comment = "-- " + RowLocks.Tag;
    private const string KeyComment = "-- " + RowLocks.KeyTag;

    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Lock(command);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken =
            default)
    {
        Lock(command);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        UseKey(command);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        UseKey(command);
        return ValueTask.FromResult(result);
    }

    private static void UseKey(DbCommand command)
    {
        if (command.CommandText.StartsWith(KeyComment, StringComparison.Ordinal))
            command.CommandText = Table().Replace(command.CommandText, "$0 FORCE INDEX (PRIMARY)", 1);
    }

    [GeneratedRegex(@"FROM `\w+` AS `\w+`", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Table();

    private static void Lock(DbCommand command)
    {
        if (command.CommandText.StartsWith(Comment, StringComparison.Ordinal)) command.CommandText += "\nFOR UPDATE";
    }
}
