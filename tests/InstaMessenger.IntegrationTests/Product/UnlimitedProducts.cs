using InstaMessenger.IntegrationTests.Fixtures;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// One process that takes as much of one key and of one address as there is, and where the tests are the proxy that tells where a request
/// comes from. What a test spoils in it is in no other flow's way.
/// </summary>
public sealed class UnlimitedProduct : StandaloneProduct
{
    internal const string Collection = "Without limits on SQLite";

    public UnlimitedProduct() => Unlimit(Extra);

    internal static void Unlimit(Dictionary<string, string?> settings)
    {
        settings["ForwardedHeaders__KnownProxies"] = "127.0.0.1";
        string[] limits = ["SignInsPerAddressPerMinute", "PerAddressPerSecond", "PerAddressBurst", "PerKeyPerSecond", "PerKeyBurst"];
        foreach (var limit in limits) settings[$"RateLimits__{limit}"] = "10000";
    }
}

/// <inheritdoc cref="UnlimitedProduct"/>
public sealed class UnlimitedMariaDbProduct : MariaDbProduct
{
    internal const string Collection = "Without limits on MariaDB";

    public UnlimitedMariaDbProduct(SharedServers servers)
        : base(servers) => UnlimitedProduct.Unlimit(Extra);
}

/// <summary>The classes that share an <see cref="UnlimitedProduct"/>.</summary>
[CollectionDefinition(UnlimitedProduct.Collection)]
public sealed class UnlimitedCollection : ICollectionFixture<UnlimitedProduct>;

/// <summary>The classes that share an <see cref="UnlimitedMariaDbProduct"/>.</summary>
[CollectionDefinition(UnlimitedMariaDbProduct.Collection)]
public sealed class UnlimitedMariaDbCollection : ICollectionFixture<UnlimitedMariaDbProduct>;
