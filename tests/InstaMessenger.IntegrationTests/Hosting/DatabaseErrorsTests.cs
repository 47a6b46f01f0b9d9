using System.Collections.Concurrent;
using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Hosting.Probe;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Hosting;

/// <summary>
/// What a database that is really broken in every way we know makes the drivers throw, collected by doing it: every one of them must be
/// told from work that is bad.
/// </summary>
[BeginsEarly]
public sealed class DatabaseErrorsTests(SharedServers servers) : ProbeSuite(servers, DatabaseKind.MariaDb, BusKind.InProcess)
{
    private const int Workers = 6;
    private const int EnoughErrors = 30;

    [Theory]
    [InlineData("killed")]
    [InlineData("restarted")]
    [InlineData("frozen")]
    [InlineData("connections killed")]
    [InlineData("queries killed")]
    [InlineData("cut")]
    [InlineData("read-only")]
    [InlineData("full")]
    public async Task Every_error_of_a_broken_server_says_that_the_database_is_unavailable(string how)
    {
        await using var server = await MariaDb.StartAsync(
            how == "full" ? ["--innodb-data-file-path=ibdata1:18M", "--innodb-file-per-table=0"] : []);
        var settings = new MySqlConnectionStringBuilder(
            await server.NewDatabaseAsync()) { DefaultCommandTimeout = how == "frozen" ? 1u : 30u, ConnectionTimeout = 2 };
        using var door = new DatabaseDoor((int)settings.Port);
        if (how == "cut") settings.Port = (uint)door.Port;
        if (how == "read-only") settings = await AsSomebodyAsync(server, settings);
        var host = await StartAsync(consumes: false, settings: Settings with { MySql = settings.ConnectionString });
        var errors = new ConcurrentBag<Exception>();
        using var enough = new CancellationTokenSource();

        var work = Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(host, worker, errors, enough))).ToList();
        var breaking = BreakAsync(server, door, how, enough.Token);
        await Task.WhenAll(work);
        await breaking;

        var seen = errors.SelectMany(Chain)
            .Select(e => e is MySqlException m ? $"MySqlException {m.ErrorCode}" : e.GetType().Name)
            .CountBy(name => name).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}");
        TestContext.Current.SendDiagnosticMessage($"{how}: " + string.Join("; ", seen));
        errors.ShouldNotBeEmpty();
        errors.Where(error => !DatabaseErrors.IsUnavailable(error)).Select(error => error.ToString()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_that_the_database_refuses_is_told_from_a_database_that_is_away()
    {
        foreach (var kind in new[] { DatabaseKind.MariaDb, DatabaseKind.Sqlite })
        {
            var host = await StartAsync(
                consumes: false, settings: kind == DatabaseKind.MariaDb ? Settings : Settings with { MySql = null });
            await host.WriteNotesAsync(["taken"]);
            Func<Task>[] refused =
            [
                () => host.WriteNotesAsync(["taken"]),
                () => host.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlRawAsync("INSERT INTO notes (text) VALUES (NULL)")),
                () => host.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlRawAsync("INSERT INTO notes (text) VALUES (")),
                () => host.UnitOfWork.ExecuteAsync(_ => throw new InvalidOperationException("our own")),
                () => host.UnitOfWork.ExecuteAsync(
                    _ => throw new System.Net.Http.HttpRequestException("not the database's", new System.Net.Sockets.SocketException(104))),
            ];

            foreach (var work in refused)
            {
                var error = await Record.ExceptionAsync(work);
                DatabaseErrors.IsUnavailable(error).ShouldBeFalse($"{kind}: {error}");
            }
        }
    }

    private static async Task WorkAsync(ProbeHost host, int worker, ConcurrentBag<Exception> errors, CancellationTokenSource enough)
    {
        for (var round = 0; !enough.IsCancellationRequested; round++)
        {
            try
            {
                if (worker % 3 == 0) await ReadAsync(host);
                else await WriteAsync(host, $"{worker} {round}", rows: worker % 3 == 1 ? 1 : 200);
            }
            catch (Exception error)
            {
                errors.Add(error);
                if (errors.Count >= EnoughErrors) await enough.CancelAsync();
            }
        }
    }

    private static async Task ReadAsync(ProbeHost host)
    {
        await using var db = host.Read();
        await db.Notes.OrderByDescending(note => note.Id).Take(100).ToListAsync();
        await db.Notes.FirstOrDefaultAsync(note => note.Text == "1 1");
    }

    private static Task WriteAsync(ProbeHost host, string name, int rows) => host.UnitOfWork.ExecuteAsync(async scope =>
    {
        await scope.Db.Notes.FirstOrDefaultAsync(note => note.Text == name);
        foreach (var chunk in Enumerable.Range(0, rows).Chunk(50))
        {
            scope.Db.AddRange(chunk.Select(row => new Note { Text = $"{name} {row} {new string('x', 100)}" }));
            await scope.Db.SaveChangesAsync();
        }
    });

    private static async Task BreakAsync(MariaDb server, DatabaseDoor door, string how, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            // Statements are short: few are met, so one looks often.
            await Task.Delay(TimeSpan.FromMilliseconds(how == "queries killed" ? 20 : 300), TimeProvider.System, CancellationToken.None);
            switch (how)
            {
                case "killed":
                    await server.KillAsync();
                    await server.ResumeAsync();
                    break;
                case "restarted":
                    await server.StopAsync();
                    await server.ResumeAsync();
                    break;
                case "frozen":
                    await server.FreezeAsync();
                    await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, CancellationToken.None);
                    await server.ThawAsync();
                    break;
                case "connections killed":
                    await server.KillConnectionsAsync();
                    break;
                case "queries killed":
                    await server.KillQueriesAsync();
                    break;
                case "cut":
                    door.Cut();
                    break;
                case "read-only":
                    await server.ExecuteAsync("SET GLOBAL read_only = 1");
                    break;
                case "full":
                    // The writers fill it.
                    break;
            }
        }
    }

    private static async Task<MySqlConnectionStringBuilder> AsSomebodyAsync(MariaDb server, MySqlConnectionStringBuilder settings)
    {
        // Whoever may do everything may write to a read-only server as well.
        await server.ExecuteAsync("CREATE OR REPLACE USER app@'127.0.0.1' IDENTIFIED BY 'app'");
        await server.ExecuteAsync($"GRANT ALL ON {settings.Database}.* TO app@'127.0.0.1'");
        return new MySqlConnectionStringBuilder(settings.ConnectionString) { UserID = "app", Password = "app" };
    }

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (var at = error; at is not null; at = at.InnerException) yield return at;
    }
}
