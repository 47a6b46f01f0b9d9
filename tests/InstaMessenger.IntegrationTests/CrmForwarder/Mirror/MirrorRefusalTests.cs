using InstaMessenger.Contracts.Commands;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Mirror;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Tests.CrmForwarder;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.CrmForwarder.Mirror;

/// <summary>
/// A CRM's database that answers and refuses: the forwarder says why in its log, once, and in its health, and goes on with what it missed
/// when somebody has done something about it. On a real MariaDB, with a user that has the rights of docs/mirror.md and no others.
/// </summary>
public sealed class MirrorRefusalTests(SharedServers servers) : IAsyncLifetime
{
    private const string Password = "of_the_mirror";
    private const string Allow = "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON {name}.* TO {user}";

    private readonly string _folder = Directory.CreateTempSubdirectory("instamessenger-mirror-").FullName;
    private readonly MirrorLog _log = new();
    private MariaDb _server = null!;
    private ForwarderHost? _host;
    private string _name = "";

    public async ValueTask InitializeAsync()
    {
        _server = await servers.MariaDbAsync();
        _name = new MySqlConnectionStringBuilder(await _server.NewDatabaseAsync()).Database;
        await DoAsync($"CREATE USER {{user}} IDENTIFIED BY '{Password}'; {Allow}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("UPDATE insta_mirror SET schema_version = 2", "UPDATE insta_mirror SET schema_version = 1", "schema_version is 2")]
    [InlineData(
        "ALTER TABLE insta_messages DROP COLUMN details", "ALTER TABLE insta_messages ADD details LONGTEXT NULL", "insta_messages.details")]
    [InlineData(
        "ALTER TABLE insta_messages MODIFY text VARCHAR(6) NULL", "ALTER TABLE insta_messages MODIFY text LONGTEXT NULL",
        "insta_messages.text")]
    [InlineData(
        "ALTER TABLE insta_messages ADD crm_ticket BIGINT NOT NULL", "ALTER TABLE insta_messages ALTER crm_ticket SET DEFAULT 0",
        "insta_messages.crm_ticket")]
    [InlineData("REVOKE INSERT ON {name}.* FROM {user}", "GRANT INSERT ON {name}.* TO {user}", "lacks a right", "INSERT command denied")]
    [InlineData("REVOKE UPDATE ON {name}.* FROM {user}", "GRANT UPDATE ON {name}.* TO {user}", "lacks a right", "UPDATE command denied")]
    [InlineData("REVOKE ALL PRIVILEGES, GRANT OPTION FROM {user}", Allow, "lacks a right", "Access denied")]
    [InlineData(
        "ALTER USER {user} IDENTIFIED BY 'another'", $"ALTER USER {{user}} IDENTIFIED BY '{Password}'", "refuses the login",
        "Access denied")]
    public async Task What_the_database_refuses_is_told_and_written_once_it_is_mended(
        string spoil, string mend, string why, string? server = null)
    {
        await StartAsync();
        await FilledAsync();
        _log.Say("before");
        await RoundsUntilAsync(async () => (await TextsAsync()).SequenceEqual(["before"]));
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);

        await DoAsync(spoil);
        _log.Say("while it is refused");
        await RoundsUntilAsync(async () => (await HealthAsync()).Status == HealthStatus.Degraded);
        // Tried again, and not told again.
        for (var round = 0; round < 3; round++) await RoundAsync();

        var told = Host.LinesOf("mirror.refused").ShouldHaveSingleItem();
        told.ShouldContain(why);
        if (server is not null) told.ShouldContain(server);
        Host.LinesOf("mirror.skipped").ShouldBeEmpty();
        Host.Clock.Advance(TimeSpan.FromMinutes(1));
        using var http = Host.Client(null);
        var ready = await http.GetStringAsync("/health/ready");
        ready.ShouldContain("\"name\":\"mirror\",\"status\":\"Degraded\"");
        ready.ShouldContain(why);
        // Anybody may ask.
        ready.ShouldNotContain(UserName);

        await DoAsync(mend);
        await RoundsUntilAsync(async () => (await TextsAsync()).SequenceEqual(["before", "while it is refused"]));
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
        Host.LinesOf("mirror.taken").ShouldHaveSingleItem();
        Host.LinesOf("mirror.refused").ShouldHaveSingleItem();
        Host.LinesOf("dependency.away").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_that_may_not_make_the_tables_is_told_so_at_the_start_and_needs_no_such_right_afterwards()
    {
        await DoAsync("REVOKE CREATE ON {name}.* FROM {user}");
        await StartAsync();
        await RoundsUntilAsync(async () => (await HealthAsync()).Status == HealthStatus.Degraded);
        Host.LinesOf("mirror.refused").ShouldHaveSingleItem().ShouldContain("CREATE command denied");

        await DoAsync("GRANT CREATE ON {name}.* TO {user}");
        await FilledAsync();
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
        await DoAsync("REVOKE CREATE ON {name}.* FROM {user}");
        _log.Say("written all the same");
        await RoundsUntilAsync(async () => (await TextsAsync()).SequenceEqual(["written all the same"]));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_away_and_not_refused()
    {
        await StartAsync($"Port={FreePort.Take()}");
        await RoundAsync();
        Host.Clock.Advance(TimeSpan.FromSeconds(4));
        await RoundAsync();

        Host.LinesOf("dependency.away").ShouldHaveSingleItem().ShouldContain("the CRM's database of the mirror");
        Host.LinesOf("mirror.refused").ShouldBeEmpty();
        (await HealthAsync()).Description.ShouldNotBeNull().ShouldContain("No answer from the CRM's database of the mirror");
    }

    private ForwarderHost Host => _host ?? throw new InvalidOperationException("It was not started.");

    private string UserName => $"mirror_{_name}";

    /// <summary>Starts the forwarder, without the loop that runs the mirror's rounds: it waits 15 s behind each refusal.</summary>
    /// <param name="other">What is otherwise in the connection string.</param>
    private async Task StartAsync(string other = "")
    {
        // Each round with a connection of its own: the server asks for rights when one is made.
        var mirror = new MySqlConnectionStringBuilder($"{await AddressAsync()};{other}")
        {
            Database = _name, UserID = UserName, Password = Password, Pooling = false,
        };
        _host = await ForwarderHost.StartAsync(
            _folder,
            mirror: mirror.ConnectionString,
            change: services =>
            {
                services.RemoveLoopOf<MirrorWorker>();
                services.AddMessageHandler<CrmForwarderDbContext, ReadMirror, MirrorLog>("store.read-mirror");
                services.AddSingleton(_log);
            });
    }

    private async Task<string> AddressAsync()
    {
        var any = new MySqlConnectionStringBuilder(await _server.NewDatabaseAsync());
        return $"Server={any.Server};Port={any.Port}";
    }

    /// <summary>Makes the tables and fills them with what there is, which is nothing; events follow.</summary>
    private async Task FilledAsync()
    {
        await RoundAsync();
        await RoundsUntilAsync(async () => await _server.ExecuteAsync(
            "SELECT 1 FROM insta_mirror WHERE sequence IS NOT NULL AND NOT EXISTS (SELECT 1 FROM insta_fills)", _name) is ["1"]);
    }

    private Task<NextRound> RoundAsync() =>
        Host.Services.GetRequiredService<MirrorWorker>().RoundAsync(TestContext.Current.CancellationToken);

    private Task<TimeSpan> RoundsUntilAsync(Func<Task<bool>> isTrueAsync) => Until.TrueAsync(
        async () =>
        {
            await RoundAsync();
            return await isTrueAsync();
        },
        Patience.Long,
        () => string.Join('\n', Host.LinesOf("mirror.refused").Concat(Host.LinesOf("mirror.skipped"))));

    private async Task<HealthReportEntry> HealthAsync() =>
        (await Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "mirror")).Entries["mirror"];

    private Task<IReadOnlyList<string>> TextsAsync() => _server.ExecuteAsync("SELECT text FROM insta_messages ORDER BY id", _name);

    /// <summary>Does something as the operator of the CRM's database.</summary>
    private Task<IReadOnlyList<string>> DoAsync(string sql) => _server.ExecuteAsync(
        sql.Replace("{user}", $"'{UserName}'@'%'", StringComparison.Ordinal).Replace("{name}", _name, StringComparison.Ordinal), _name);
}
