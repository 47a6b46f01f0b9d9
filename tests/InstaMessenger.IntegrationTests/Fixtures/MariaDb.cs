using System.Diagnostics;
using InstaMessenger.Tests.Shared;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>A MariaDB of the tests' own. A test takes a database for itself.</summary>
public sealed class MariaDb : IAsyncDisposable
{
    private const string Image = "mariadb:11.4";
    private const string Login = "tests";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly IServerNode _node;
    private int _databases;

    private MariaDb(IServerNode node) => _node = node;

    /// <param name="options">More of the server's own options, where it comes from a package.</param>
    public static async Task<MariaDb> StartAsync(params string[] options)
    {
        var server = new MariaDb(ContainerNode.DockerAnswers
            ? new ContainerNode(Image, 3306, ("MARIADB_ROOT_PASSWORD", Login))
            : await FromPackageAsync(options));
        await server.ResumeAsync();
        return server;
    }

    /// <summary>A connection string to an empty database that nobody else uses.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await using var connection = new MySqlConnection(ConnectionString(""));
        await connection.OpenAsync();
        await using var command = new MySqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>A connection string to a copy of a database, without its foreign keys: a service makes them when it starts.</summary>
    public async Task<string> CopyAsync(string connectionString)
    {
        var original = new MySqlConnectionStringBuilder(connectionString).Database;
        var copy = await NewDatabaseAsync();
        var name = new MySqlConnectionStringBuilder(copy).Database;
        var tables = await ExecuteAsync("SHOW TABLES", original);
        var make = tables.Select(table => $"CREATE TABLE {name}.`{table}` LIKE {original}.`{table}`;");
        var fill = tables.Select(table => $"INSERT INTO {name}.`{table}` SELECT * FROM {original}.`{table}`;");
        await ExecuteAsync($"{string.Concat(make)} START TRANSACTION; {string.Concat(fill)} COMMIT");
        return copy;
    }

    /// <summary>Connections stay open and the server answers nobody.</summary>
    public Task FreezeAsync() => _node.FreezeAsync();

    public Task ThawAsync() => _node.ThawAsync();

    /// <summary><c>kill -9</c>, until <see cref="ResumeAsync"/>.</summary>
    public Task KillAsync() => _node.KillAsync();

    /// <summary>Connections are closed and the port is refused, until <see cref="ResumeAsync"/>.</summary>
    public Task StopAsync() => _node.StopAsync();

    /// <summary>Runs a statement as an operator would, and gives the first column of its rows.</summary>
    public async Task<IReadOnlyList<string>> ExecuteAsync(string sql, string database = "")
    {
        await using var connection = new MySqlConnection(ConnectionString(database) + ";Pooling=false;Allow User Variables=true");
        await connection.OpenAsync();
        return await ExecuteAsync(connection, sql);
    }

    /// <summary>Whether a transaction waits for another one. The server looks anew only when nobody has asked for 100 ms.</summary>
    public async Task<bool> HasLockWaitAsync() =>
        await ExecuteAsync("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'") is not ["0"];

    /// <summary>Cuts every other connection off.</summary>
    public Task KillConnectionsAsync() => KillAllAsync("CONNECTION", "TRUE");

    /// <summary>Ends every statement that is running, and leaves the connections.</summary>
    public Task KillQueriesAsync() => KillAllAsync("QUERY", "command = 'Query'");

    /// <summary>Starts the server, with its data, and returns when it takes connections.</summary>
    public async Task ResumeAsync()
    {
        await _node.StartAsync();
        var began = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new MySqlConnection(ConnectionString("") + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (MySqlException error)
            {
                if (began.Elapsed > StartTimeout) throw new TimeoutException($"MariaDB did not start: {_node.Log}", error);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task KillAllAsync(string what, string which)
    {
        await using var connection = new MySqlConnection(ConnectionString("") + ";Pooling=false");
        await connection.OpenAsync();
        var ids = await ExecuteAsync(
            connection, $"SELECT id FROM information_schema.processlist WHERE user = 'root' AND id <> CONNECTION_ID() AND {which}");
        foreach (var id in ids)
        {
            try
            {
                await ExecuteAsync(connection, $"KILL HARD {what} {id}");
            }
            catch (MySqlException)
            {
                // Gone already.
            }
        }
    }

    private static async Task<IReadOnlyList<string>> ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)!);
        return rows;
    }

    private static async Task<IServerNode> FromPackageAsync(string[] options)
    {
        if (!File.Exists("/usr/sbin/mariadbd"))
            throw new InvalidOperationException("There is neither a Docker engine nor the package mariadb-server; ./test installs it.");
        var folder = PackageNode.NewFolder("mariadb");
        var port = FreePort.Take();
        var user = $"--user={Environment.UserName}";
        var data = $"--datadir={Path.Combine(folder, "data")}";
        // Its own: a server that starts removes the temporary tables of all others that have theirs in the same folder.
        var temporary = $"--tmpdir={Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName}";
        var environment = new Dictionary<string, string?> { ["HOME"] = folder };
        // The server reads this file line by line.
        await File.WriteAllTextAsync(
            Path.Combine(folder, "login.sql"),
            $"CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '{Login}';\nGRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n");
        var node = new PackageNode(port, folder, environment,
        [
            "/usr/sbin/mariadbd",
            "--no-defaults",
            user,
            data,
            temporary,
            $"--port={port}",
            "--bind-address=127.0.0.1",
            $"--socket={Path.Combine(folder, "socket")}",
            $"--init-file={Path.Combine(folder, "login.sql")}",
            "--skip-name-resolve",
            "--innodb-buffer-pool-size=64M",
            "--innodb-log-file-size=64M",
            "--max-connections=2000",
            // A statement that looks at this many rows is kept in mysql.slow_log: QueriesOnMariaDbTests reads it.
            "--slow-query-log=1", "--long-query-time=0", "--min-examined-row-limit=1000", "--log-output=TABLE",
            .. options,
        ]);
        await node.RunToolAsync(
        [
            "mariadb-install-db", "--no-defaults", user, data, temporary,
            "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve", .. options,
        ]);
        return node;
    }

    private string ConnectionString(string database) =>
        $"Server=127.0.0.1;Port={_node.Port};User ID=root;Password={Login};Database={database}";
}
