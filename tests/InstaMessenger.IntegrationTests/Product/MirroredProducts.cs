using InstaMessenger.IntegrationTests.Fixtures;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>The forms of the product that keep a mirror in a CRM's own MariaDB.</summary>
internal static class Mirrored
{
    /// <summary>Gives a product an empty database for its mirror.</summary>
    public static async Task<string> AddAsync(SharedServers servers, Dictionary<string, string?> settings)
    {
        var database = await (await servers.MariaDbAsync()).NewDatabaseAsync();
        settings["ConnectionStrings__CrmMirror"] = database;
        return database;
    }
}

/// <inheritdoc cref="StandaloneProduct"/>
public class MirroredStandaloneProduct(SharedServers servers) : StandaloneProduct
{
    private protected override async Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(
        Dictionary<string, string?> settings)
    {
        Mirror = await Mirrored.AddAsync(servers, settings);
        return await base.MakeProcessesAsync(settings);
    }
}

/// <inheritdoc cref="MariaDbProduct"/>
public sealed class MirroredMariaDbProduct(SharedServers servers) : MariaDbProduct(servers)
{
    private readonly SharedServers _servers = servers;

    private protected override async Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(
        Dictionary<string, string?> settings)
    {
        Mirror = await Mirrored.AddAsync(_servers, settings);
        return await base.MakeProcessesAsync(settings);
    }
}

/// <inheritdoc cref="SplitProduct"/>
public sealed class MirroredSplitProduct(SharedServers servers) : SplitProduct(servers)
{
    private readonly SharedServers _servers = servers;

    private protected override async Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(
        Dictionary<string, string?> settings)
    {
        Mirror = await Mirrored.AddAsync(_servers, settings);
        return await base.MakeProcessesAsync(settings);
    }
}

/// <inheritdoc cref="DoubledProduct"/>
public sealed class MirroredDoubledProduct(SharedServers servers) : DoubledProduct(servers)
{
    private readonly SharedServers _servers = servers;

    private protected override async Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(
        Dictionary<string, string?> settings)
    {
        Mirror = await Mirrored.AddAsync(_servers, settings);
        return await base.MakeProcessesAsync(settings);
    }
}
