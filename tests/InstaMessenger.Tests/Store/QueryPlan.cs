using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store;

/// <summary>How SQLite goes about a query: a plan is the same on every machine, a time is not.</summary>
internal static class QueryPlan
{
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
