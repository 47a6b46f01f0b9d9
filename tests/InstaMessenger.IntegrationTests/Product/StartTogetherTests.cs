using System.Security.Cryptography;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Standalone;
using Microsoft.AspNetCore.Builder;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>Several processes of a kind, started at once on nothing.</summary>
public sealed class StartTogetherTests(SharedServers servers) : IDisposable
{
    private readonly string _masterKey = Key();
    private readonly string _signingKey = Key();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("instamessenger-together-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Processes_that_start_at_once_on_an_empty_database_migrate_it_once_and_make_one_admin_and_one_key_ring()
    {
        var server = await servers.MariaDbAsync();
        string[] databases = [await server.NewDatabaseAsync(), await server.NewDatabaseAsync(), await server.NewDatabaseAsync()];
        var broker = await (await servers.BrokerAsync()).NewVirtualHostAsync();
        var hosts = Enumerable.Range(0, 4).Select(i => Build(i, databases, $"--ConnectionStrings:RabbitMq={broker}")).ToList();
        try
        {
            await Task.WhenAll(hosts.Select(host => Task.Run(() => host.StartAsync())));

            (await server.ExecuteAsync("SELECT COUNT(*) FROM users", new MySqlConnectionStringBuilder(databases[0]).Database))
                .ShouldBe(["1"]);
            Directory.GetFiles(_folder.FullName + "/keys", "*.xml").ShouldHaveSingleItem();
            foreach (var database in databases.Select(text => new MySqlConnectionStringBuilder(text).Database))
            {
                (await server.ExecuteAsync("SELECT COUNT(*) - COUNT(DISTINCT MigrationId) FROM __EFMigrationsHistory", database))
                    .ShouldBe(["0"]);
                (await server.ExecuteAsync(
                    "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE table_schema = DATABASE() AND "
                        + "collation_name <> 'utf8mb4_nopad_bin'", database)).ShouldBeEmpty();
            }
        }
        finally
        {
            await Task.WhenAll(hosts.Select(host => host.StopAsync()));
            foreach (var host in hosts) await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Without_a_broker_a_second_process_on_the_database_is_refused_until_the_first_is_gone()
    {
        var server = await servers.MariaDbAsync();
        string[] databases = [await server.NewDatabaseAsync(), await server.NewDatabaseAsync(), await server.NewDatabaseAsync()];
        await using (var first = Build(0, databases))
        {
            await first.StartAsync();
            using var errors = new StringWriter();
            (await ServiceProcess.RunAsync(() => Build(1, databases), errors)).ShouldBe(1);
            errors.ToString()
                .ShouldStartWith("InstaMessenger does not start. Another process uses the database of ConnectionStrings:Store.");
            await first.StopAsync();
        }

        await using var second = Build(1, databases);
        await second.StartAsync();
        await second.StopAsync();
    }

    [Fact]
    public async Task Without_a_broker_a_process_is_refused_that_shares_the_database_of_any_service()
    {
        var server = await servers.MariaDbAsync();
        string[] databases = [await server.NewDatabaseAsync(), await server.NewDatabaseAsync(), await server.NewDatabaseAsync()];
        var another = await server.NewDatabaseAsync();
        await using var first = Build(0, databases);
        await first.StartAsync();

        using var errors = new StringWriter();
        (await ServiceProcess.RunAsync(() => Build(1, [another, databases[1], databases[2]]), errors)).ShouldBe(1);

        errors.ToString().ShouldStartWith("InstaMessenger does not start. Another process uses the database of ConnectionStrings:Sender.");
        await first.StopAsync();
    }

    private WebApplication Build(int number, string[] databases, params string[] more) => StandaloneHost.Build(
    [
        "--Urls=http://127.0.0.1:0",
        $"--Data:Directory={_folder.CreateSubdirectory($"data-{number}").FullName}",
        $"--Secrets:KeyDirectory={_folder.FullName}/keys",
        $"--Secrets:MasterKey={_masterKey}",
        $"--Jwt:SigningKeys:0={_signingKey}",
        "--Bootstrap:AdminUsername=admin",
        "--Bootstrap:AdminPassword=a long password of the tests",
        "--Instagram:Apps:0:AppId=1234567890",
        "--Instagram:Apps:0:AppSecret=0123456789abcdef0123456789abcdef",
        "--Instagram:Apps:0:VerifyToken=verify-token",
        $"--ConnectionStrings:Store={databases[0]}",
        $"--ConnectionStrings:Sender={databases[1]}",
        $"--ConnectionStrings:CrmForwarder={databases[2]}",
        .. more,
    ]);

    private static string Key() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
