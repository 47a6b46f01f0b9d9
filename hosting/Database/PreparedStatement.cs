using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// A statement of a unit that is run again and again with other values: the database parses it once, and EF, which takes as long as a small
/// update itself, does not see it.
/// </summary>
/// <param name="db">The unit's context; the statement runs in its transaction.</param>
public sealed class PreparedStatement(DbContext db) : IAsyncDisposable
{
    private readonly DbCommand _command = db.Database.GetDbConnection().CreateCommand();
    private string? _sql;

    /// <summary>Runs it.</summary>
    /// <param name="sql">With <c>{0}</c>, <c>{1}</c> … for the values; parsed again when it is another than before.</param>
    /// <param name="values">As the database stores them.</param>
    /// <returns>How many rows it changed.</returns>
    public Task<int> RunAsync(string sql, IReadOnlyList<object> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (_sql != sql) Write(sql, values.Count);
        for (var n = 0; n < values.Count; n++) _command.Parameters[n].Value = values[n];
        return _command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private void Write(string sql, int values)
    {
        _sql = sql;
        _command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        _command.Parameters.Clear();
        var names = Enumerable.Range(0, values).Select(_ => (object)_command.AddParameter()).ToArray();
        _command.CommandText = string.Format(CultureInfo.InvariantCulture, sql, names);
    }
}
