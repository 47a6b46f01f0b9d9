using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// The tests that break things on purpose, under load. All have the trait <c>Suite=Reliability</c>, so that a quick run can leave them out.
/// Those that only count run beside other tests: what is lost or doubled is the same on a busy machine. Those that measure how long
/// something takes run one after another and beside nothing else (<see cref="DoubledReliabilityCollection"/>): a busy machine would be part
/// of each figure. The classes of a collection share a product where they can, because ten processes need half a minute to start and to
/// end; each has a shop of its own, and leaves everything running.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ReliabilityCollection : ICollectionFixture<StandaloneProduct>
{
    internal const string Name = "Reliability of one process";
    internal const string Trait = "Suite";
}

/// <inheritdoc cref="ReliabilityCollection"/>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DoubledReliabilityCollection : ICollectionFixture<OwnDoubledProduct>
{
    internal const string Name = "Reliability of two processes of each service";
}

/// <summary>Two of each service with a broker and a MariaDB of their own, which may be harmed.</summary>
public sealed class OwnDoubledProduct : DoubledProduct
{
    public OwnDoubledProduct()
        : this(new SharedServers())
    {
    }

    private OwnDoubledProduct(SharedServers servers)
        : base(servers) => Servers = servers;

    public SharedServers Servers { get; }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Servers.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
