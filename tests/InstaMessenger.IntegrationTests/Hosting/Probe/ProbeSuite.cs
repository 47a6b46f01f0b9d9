using InstaMessenger.IntegrationTests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.IntegrationTests.Hosting.Probe;

public enum DatabaseKind
{
    Sqlite,
    MariaDb,
}

public enum BusKind
{
    InProcess,
    RabbitMq,
}

/// <summary>What every suite of the foundation needs: settings for the back ends of the run, and an end for the hosts it started.</summary>
public abstract class ProbeSuite(SharedServers servers, DatabaseKind database, BusKind bus) : IAsyncLifetime
{
    private readonly List<ProbeHost> _hosts = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("instamessenger-probe-");

    internal ProbeSettings Settings { get; private set; } = null!;

    internal DatabaseKind Database => database;

    internal SharedServers Servers => servers;

    public virtual async ValueTask InitializeAsync() => Settings = await NewSettingsAsync("first");

    public virtual async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_hosts.Select(host => host.DisposeAsync().AsTask()));
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Settings with an empty database of their own, on the same bus.</summary>
    internal async Task<ProbeSettings> NewSettingsAsync(string name) => new(
        _folder.CreateSubdirectory(name).FullName,
        database == DatabaseKind.MariaDb ? await (await servers.MariaDbAsync()).NewDatabaseAsync() : null,
        Settings?.RabbitMq ?? (bus == BusKind.RabbitMq ? await NewBrokerAddressAsync() : null));

    internal virtual async Task<string> NewBrokerAddressAsync() => await (await servers.BrokerAsync()).NewVirtualHostAsync();

    internal async Task<ProbeHost> StartAsync(
        bool consumes = true, ProbeSettings? settings = null, HandledLog? handled = null, Action<IServiceCollection>? change = null)
    {
        var host = await ProbeHost.StartAsync(settings ?? Settings, consumes, handled, change);
        _hosts.Add(host);
        return host;
    }

    internal async Task EndAsync(ProbeHost host)
    {
        _hosts.Remove(host);
        await host.DisposeAsync();
    }
}
