using System.Diagnostics;
using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Hosting.Probe;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.IntegrationTests.Hosting;

public sealed class SqliteUnitOfWorkTests(SharedServers servers) : UnitOfWorkSuite(servers, DatabaseKind.Sqlite)
{
    [Fact]
    public async Task A_lock_from_outside_fails_all_who_wait_together_and_once_it_is_gone_work_goes_on()
    {
        var host = await StartAsync();
        await host.WriteNotesAsync(["before"]);
        await using var outside = new SqliteConnection($"Data Source={Settings.SqliteFile};Pooling=False");
        await outside.OpenAsync();
        await RunAsync(outside, "BEGIN EXCLUSIVE");

        var clock = Stopwatch.StartNew();
        var units = Enumerable.Range(0, 100).Select(i => host.WriteNotesAsync([$"lost {i}"])).ToList();
        foreach (var unit in units) await Should.ThrowAsync<DatabaseUnavailableException>(() => unit);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(12));
        await RunAsync(outside, "ROLLBACK");

        await host.WriteNotesAsync(["after"]);
        CountNotes(host).ShouldBe(2);
    }

    [Fact]
    public async Task A_full_disk_fails_units_whole_and_once_there_is_room_work_goes_on()
    {
        var host = await StartAsync();
        await host.UnitOfWork.ExecuteAsync(async scope =>
        {
            // The limit belongs to the writer's connection, which is dropped with the failure.
            var pages = await scope.Db.Database.SqlQueryRaw<long>("SELECT page_count AS Value FROM pragma_page_count").SingleAsync();
            await scope.Db.Database.ExecuteSqlRawAsync("PRAGMA max_page_count=" + (pages + 2));
        });

        var units = Enumerable.Range(0, 3)
            .Select(i => host.WriteNotesAsync(Enumerable.Range(0, 200).Select(n => $"{new string('x', 180)} {i} {n}"))).ToList();
        await Should.ThrowAsync<DatabaseUnavailableException>(() => units[0]);
        await Task.WhenAll(units.Select(unit => unit.ContinueWith(_ => { }, TaskScheduler.Default)));
        CountNotes(host).ShouldBe(200 * units.Count(unit => unit.IsCompletedSuccessfully));

        await host.WriteNotesAsync(["after"]);
    }

    [Fact]
    public async Task A_second_process_on_the_same_file_refuses_to_start()
    {
        await StartAsync();

        (await Should.ThrowAsync<InvalidOperationException>(() => StartAsync())).Message.ShouldContain("Another process uses");
    }

    [Fact]
    public async Task A_migration_lock_left_by_a_killed_process_does_not_stop_the_start()
    {
        await EndAsync(await StartAsync());
        await using (var outside = new SqliteConnection($"Data Source={Settings.SqliteFile};Pooling=False"))
        {
            await outside.OpenAsync();
            await RunAsync(outside, "INSERT INTO __EFMigrationsLock (Id, Timestamp) VALUES (1, '2026-01-01')");
        }

        var host = await StartAsync().WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);

        await host.WriteNotesAsync(["works"]);
    }

    [Fact]
    public async Task What_is_queued_when_the_host_stops_is_still_committed()
    {
        var host = await StartAsync();

        var units = Enumerable.Range(0, 200).Select(i => host.WriteNotesAsync([$"note {i}"])).ToList();
        await EndAsync(host);

        await Task.WhenAll(units);
        CountNotes(await StartAsync()).ShouldBe(200);
    }

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = new SqliteCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
