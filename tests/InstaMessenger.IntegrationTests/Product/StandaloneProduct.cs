using System.Data.Common;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Tests.Shared;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>The embedded default: one process, SQLite, no broker.</summary>
public class StandaloneProduct() : ProductBase(Name)
{
    private const string Name = "standalone";

    public override Uri Door { get; } = new($"http://127.0.0.1:{FreePort.Take()}");

    public override string ProcessOf(string service) => Name;

    private protected override Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(Dictionary<string, string?> settings)
    {
        settings["ASPNETCORE_URLS"] = Door.ToString();
        settings["Data__Directory"] = Folder.Of("data");
        settings.TryAdd("Public__BaseUrl", Door.ToString());
        var process = new ProductProcess(Name, Name, "InstaMessenger.Standalone.dll", Door, settings, Folder.Logs);
        return Task.FromResult<IReadOnlyDictionary<string, ProductProcess>>(new Dictionary<string, ProductProcess> { [Name] = process });
    }
}

/// <summary>One process on MariaDB: every slice's queries and migrations on the other database.</summary>
public class MariaDbProduct(SharedServers servers) : StandaloneProduct
{
    /// <summary>Each service's database, for a test that looks into it or spoils it.</summary>
    internal Dictionary<string, string> Databases { get; } = [];

    internal override DbConnection StoreConnection() => new MySqlConnection(Databases["Store"] + ";Pooling=false");

    private protected override async Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(
        Dictionary<string, string?> settings)
    {
        var server = await servers.MariaDbAsync();
        foreach (var service in (string[])["Store", "Sender", "CrmForwarder"])
            settings[$"ConnectionStrings__{service}"] = Databases[service] = await server.NewDatabaseAsync();
        return await base.MakeProcessesAsync(settings);
    }
}
