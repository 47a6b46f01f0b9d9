using Microsoft.Data.Sqlite;

namespace InstaMessenger.Tests.Hosting.Database;

/// <summary>
/// Texts are equal only when their bytes are, in every key of every table: Meta's ids differ in case alone. On MySQL each column has such a
/// collation (<c>StartTogetherTests</c>); on SQLite it is the default, which a column, an index or a migration may leave.
/// </summary>
public sealed class KeyEqualityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public KeyEqualityTests()
    {
        FreshDatabases.PutStore(_folder.Path);
        FreshDatabases.PutSender(_folder.Path);
        FreshDatabases.PutCrmForwarder(_folder.Path);
    }

    [Theory]
    [InlineData("store.db")]
    [InlineData("sender.db")]
    [InlineData("crm-forwarder.db")]
    public async Task No_key_on_SQLite_takes_two_texts_for_one(string file)
    {
        const string Keys = "FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_xinfo(l.name) x "
            + "WHERE m.type = 'table' AND x.key = 1";
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, file)};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);

        (await ListAsync(connection, $"SELECT m.name || '.' || COALESCE(x.name, '') {Keys}")).Count.ShouldBeGreaterThan(10);
        (await ListAsync(connection, $"SELECT m.name || '.' || COALESCE(x.name, '') || ' ' || x.coll {Keys} AND x.coll <> 'BINARY'"))
            .ShouldBeEmpty();
        (await ListAsync(connection, "SELECT name FROM sqlite_master WHERE sql LIKE '%COLLATE%'")).ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<List<string>> ListAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var list = new List<string>();
        while (await reader.ReadAsync()) list.Add(reader.GetString(0));
        return list;
    }
}
