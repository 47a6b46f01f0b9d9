using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Hosting.Probe;

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
}
