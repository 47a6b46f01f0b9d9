using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store;

/// <summary>How SQLite goes about a query: a plan is the same on every machine, a time is not.</summary>
internal static class QueryPlan
{
    /// <returns>The lines of <c>EXPLAIN QUERY PLAN</c> of a statement with numbered places for its arguments.</returns>
    public static async Task<List<string>> OfAsync(DbContext db, string sql, object[] arguments)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        for (var n = 0; n < arguments.Length; n++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"$p{n}", arguments[n]);
            command.Parameters.Add(parameter);
        }

        command.CommandText = "EXPLAIN QUERY PLAN " + string.Format(
            System.Globalization.CultureInfo.InvariantCulture, sql, [.. arguments.Select((_, n) => $"$p{n}")]);
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(3));
        await db.Database.CloseConnectionAsync();
        return plan;
    }

    /// <returns>The lines of <c>EXPLAIN QUERY PLAN</c>.</returns>
    public static async Task<List<string>> OfAsync<T>(IQueryable<T> query)
    {
        await using var command = query.CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        await command.Connection!.OpenAsync();
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(3));
        await command.Connection.CloseAsync();
        return plan;
    }
}
