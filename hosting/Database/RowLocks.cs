using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace InstaMessenger.Hosting.Database;

/// <summary>Rows that a unit of work reads and then changes.</summary>
public static class RowLocks
{
    internal const string Tag = "for update";

    /// <summary>
    /// Holds the rows to the end of the unit on MySQL, so that two units that change the same row wait for each other instead of one
    /// running again. SQLite runs one unit at a time anyway.
    /// </summary>
    /// <typeparam name="T">The rows.</typeparam>
    /// <param name="rows">A query of one table in a unit of work; whoever locks rows of several tables does it in the same order
    /// everywhere.</param>
    /// <returns>The query.</returns>
    public static IQueryable<T> ForUpdate<T>(this IQueryable<T> rows) => rows.TagWith(Tag);
}

/// <summary>Turns <see cref="RowLocks.Tag"/>, which EF writes as a comment, into the clause.</summary>
internal sealed class RowLocksInterceptor : DbCommandInterceptor
{
    public static readonly RowLocksInterceptor Instance = new();

    private const string Comment = "-- " + RowLocks.Tag;

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Lock(command);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Lock(command);
        return ValueTask.FromResult(result);
    }

    private static void Lock(DbCommand command)
    {
        if (command.CommandText.StartsWith(Comment, StringComparison.Ordinal)) command.CommandText += "\nFOR UPDATE";
    }
}
