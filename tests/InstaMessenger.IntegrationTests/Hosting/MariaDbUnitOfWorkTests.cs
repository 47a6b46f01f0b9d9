using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Hosting.Probe;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Hosting;

public sealed class MariaDbUnitOfWorkTests(SharedServers servers) : UnitOfWorkSuite(servers, DatabaseKind.MariaDb)
{
    [Fact]
    public async Task Processes_that_start_together_migrate_once()
    {
        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartAsync()));

        await Task.WhenAll(hosts.Select((host, i) => host.WriteNotesAsync([$"note {i}"])));
        CountNotes(hosts[0]).ShouldBe(3);
    }

    [Fact]
    public async Task Units_that_meet_are_run_again_whatever_the_clock_says()
    {
        var host = await StartAsync(change: services => services.AddSingleton<TimeProvider>(new FakeTimeProvider()));
        await host.UnitOfWork.ExecuteAsync(scope => Task.FromResult(scope.Db.Add(new Counter { Name = "hot" })));

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => host.UnitOfWork.ExecuteAsync(async scope =>
        {
            var counter = await scope.Db.Counters.SingleAsync(row => row.Name == "hot");
            counter.Value++;
        }))).WaitAsync(TimeSpan.FromMinutes(2));

        await using var db = host.Read();
        (await db.Counters.SingleAsync()).Value.ShouldBe(16);
    }

    [Fact]
    public async Task A_server_that_is_away_fails_units_and_when_it_is_back_work_goes_on()
    {
        await using var server = await MariaDb.StartAsync();
        var host = await StartAsync(settings: Settings with { MySql = await server.NewDatabaseAsync() });
        await host.WriteNotesAsync(["before"]);

        await server.StopAsync();
        await Should.ThrowAsync<DatabaseUnavailableException>(() => host.WriteNotesAsync(["lost"]));
        await server.ResumeAsync();

        await host.WriteNotesAsync(["after"]);
        CountNotes(host).ShouldBe(2);
    }

    [Fact]
    public async Task A_server_that_goes_away_in_the_middle_of_a_unit_fails_it_as_unavailable()
    {
        await using var server = await MariaDb.StartAsync();
        var host = await StartAsync(settings: Settings with { MySql = await server.NewDatabaseAsync() });

        await Should.ThrowAsync<DatabaseUnavailableException>(() => host.UnitOfWork.ExecuteAsync(async scope =>
        {
            scope.Db.Add(new Note { Text = "half" });
            await scope.Db.SaveChangesAsync();
            await server.StopAsync();
            scope.Db.Add(new Note { Text = "other half" });
        }));

        await server.ResumeAsync();
        CountNotes(host).ShouldBe(0);
    }

    [Fact]
    public async Task A_process_that_starts_before_its_server_waits_for_it()
    {
        await using var server = await MariaDb.StartAsync();
        var settings = Settings with { MySql = await server.NewDatabaseAsync() };
        await server.StopAsync();

        var starting = StartAsync(settings: settings);
        starting.IsCompleted.ShouldBeFalse();
        await server.ResumeAsync();

        var host = await starting;
        await host.WriteNotesAsync(["works"]);
        CountNotes(host).ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_breaks_where_the_driver_keeps_silent_takes_the_whole_unit_with_it()
    {
        await using var server = await MariaDb.StartAsync();
        var host = await StartAsync(settings: Settings with { MySql = await server.NewDatabaseAsync() });
        await host.WriteNotesAsync(["before"]);

        var error = await Record.ExceptionAsync(() => host.UnitOfWork.ExecuteAsync(async scope =>
        {
            scope.Db.Add(new Note { Text = "half" });
            await scope.Db.SaveChangesAsync();
            var command = scope.Db.Database.GetDbConnection().CreateCommand();
            command.CommandText = "SELECT 1; SELECT SLEEP(60)";
            command.Transaction = scope.Db.Database.CurrentTransaction?.GetDbTransaction();
            var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            var closing = reader.DisposeAsync().AsTask();
            await server.KillConnectionsAsync();
            // Whatever the driver meets here it keeps to itself.
            await closing;
            scope.Db.Add(new Note { Text = "other half" });
            await scope.Db.SaveChangesAsync();
            scope.Db.Add(new Note { Text = "rest" });
        }));

        await using var db = host.Read();
        (await db.Notes.Select(note => note.Text).ToListAsync()).ShouldBe(["before"]);
        error.ShouldBeOfType<DatabaseUnavailableException>();
    }

    [Theory]
    [InlineData(nameof(Passage.CutBefore))]
    [InlineData(nameof(Passage.CutBehind))]
    [InlineData(nameof(Passage.Late))]
    public async Task A_unit_whose_commit_is_not_answered_ends_as_kept_when_it_is_kept_and_as_failed_when_it_is_not(string cut)
    {
        var (passage, direct) = (Enum.Parse<Passage>(cut), new MySqlConnectionStringBuilder(Settings.MySql!));
        using var door = new DatabaseDoor((int)direct.Port);
        var behindDoor = new MySqlConnectionStringBuilder(Settings.MySql!) { Port = (uint)door.Port };
        var host = await StartAsync(settings: Settings with { MySql = behindDoor.ConnectionString });
        var (hooks, runs, isCut) = (0, 0, 0);
        door.Decide = said => said.TrimEnd(';').EndsWith("commit", StringComparison.OrdinalIgnoreCase)
            && Interlocked.Exchange(ref isCut, 1) == 0 ? passage : Passage.Pass;

        var unit = host.UnitOfWork.ExecuteAsync(scope =>
        {
            runs++;
            scope.AfterCommit(() => hooks++);
            scope.Db.Add(new Note { Text = "the one" });
            return Task.FromResult(42);
        });

        if (passage == Passage.CutBehind) (await unit).ShouldBe(42);
        else await Should.ThrowAsync<DatabaseUnavailableException>(() => unit);
        // What the server had not seen when it was asked can never happen afterwards: the caller was told that it did not.
        if (passage == Passage.Late) await door.ReleaseLate();
        CountNotes(host).ShouldBe(passage == Passage.CutBehind ? 1 : 0);
        (hooks, runs, isCut).ShouldBe((passage == Passage.CutBehind ? 1 : 0, 1, 1));
    }

    [Fact]
    public async Task Units_that_change_a_row_which_they_have_locked_wait_for_each_other_and_none_is_run_again()
    {
        var host = await StartAsync();
        await host.UnitOfWork.ExecuteAsync(scope => Task.FromResult(scope.Db.Add(new Counter { Name = "hot" })));
        var runs = 0;

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => host.UnitOfWork.ExecuteAsync(async scope =>
        {
            Interlocked.Increment(ref runs);
            var counter = await scope.Db.Counters.ForUpdate().SingleAsync(row => row.Name == "hot");
            counter.Value++;
        })));

        await using var db = host.Read();
        (await db.Counters.SingleAsync()).Value.ShouldBe(64);
        runs.ShouldBe(64);
    }

    [Fact]
    public async Task A_value_that_does_not_fit_is_refused_and_not_cut_whatever_the_mode_of_the_server_is()
    {
        await using var server = await MariaDb.StartAsync();
        await server.ExecuteAsync("SET GLOBAL sql_mode = ''");
        var host = await StartAsync(settings: Settings with { MySql = await server.NewDatabaseAsync() });

        var error = await Record.ExceptionAsync(() => host.WriteNotesAsync([new string('x', 201)]));

        DatabaseErrors.IsUnavailable(error).ShouldBeFalse(error?.ToString() ?? "kept");
        error.ShouldBeOfType<DbUpdateException>();
        CountNotes(host).ShouldBe(0);
    }

    [Fact]
    public async Task A_process_that_is_frozen_in_the_middle_of_a_unit_does_not_stop_the_others()
    {
        var (frozen, other) = (await StartAsync(), await StartAsync());
        await other.UnitOfWork.ExecuteAsync(scope => Task.FromResult(scope.Db.Add(new Counter { Name = "hot" })));
        var (locked, thawed) = (new TaskCompletionSource(), new TaskCompletionSource());
        var unit = frozen.UnitOfWork.ExecuteAsync(async scope =>
        {
            (await scope.Db.Counters.ForUpdate().SingleAsync(row => row.Name == "hot")).Value = 100;
            await scope.Db.SaveChangesAsync();
            locked.TrySetResult();
            await thawed.Task;
        });
        await locked.Task;

        // The server's patience is ten seconds, the driver's thirty.
        await other.UnitOfWork.ExecuteAsync(
            async scope => (await scope.Db.Counters.ForUpdate().SingleAsync(row => row.Name == "hot")).Value++);
        thawed.SetResult();

        await Should.ThrowAsync<DatabaseUnavailableException>(() => unit);
        await using var db = other.Read();
        (await db.Counters.SingleAsync()).Value.ShouldBe(1);
    }

    [Theory]
    [InlineData("Password", "Access denied")]
    [InlineData("Database", "Unknown database")]
    public async Task A_server_that_refuses_us_stops_the_start_with_the_setting_and_its_own_words(string part, string words)
    {
        var wrong = new MySqlConnectionStringBuilder(Settings.MySql!) { [part] = "wrong" }.ConnectionString;

        var refusal = await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(settings: Settings with { MySql = wrong }));

        refusal.Message.ShouldStartWith("ConnectionStrings:Store: ");
        refusal.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES'", "sql_mode")]
    [InlineData("SET GLOBAL max_allowed_packet = 1048576", "max_allowed_packet")]
    public async Task A_server_that_would_change_or_lose_messages_is_refused_in_one_sentence(string setting, string named)
    {
        await using var server = await MariaDb.StartAsync();
        await server.ExecuteAsync(setting);

        var refusal = await Should.ThrowAsync<InvalidOperationException>(
            async () => await StartAsync(settings: Settings with { MySql = await server.NewDatabaseAsync() }));

        refusal.Message.ShouldStartWith("ConnectionStrings:Store: ");
        refusal.Message.ShouldContain(named);
        refusal.Message.ShouldNotContain("\n");
    }

    [Fact]
    public async Task A_database_of_an_older_version_compares_texts_byte_by_byte_from_the_next_start_on()
    {
        var host = await StartAsync();
        await host.WriteNotesAsync(["name"]);
        await EndAsync(host);
        var database = new MySqlConnectionStringBuilder(Settings.MySql!).Database;
        var server = await Servers.MariaDbAsync();
        foreach (var table in await server.ExecuteAsync("SELECT table_name FROM information_schema.tables WHERE table_schema = "
            + "DATABASE()", database))
            await server.ExecuteAsync($"ALTER TABLE `{table}` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", database);

        var again = await StartAsync();

        await again.WriteNotesAsync(["name "]);
        CountNotes(again).ShouldBe(2);
    }
}
