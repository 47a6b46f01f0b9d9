using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// The tests that break things on purpose, under load. All have the trait <c>Suite=Reliability</c>, so that a quick run can leave them out.
/// Those that only count run beside other tests: what is lost or doubled is the same on a busy machine. Those that measure how long
/// something takes run one after another and beside nothing else (<see cref="DoubledReliabilityCollection"/>,
/// <see cref="BrokerAwayCollection"/>): a busy machine would be part of each figure. The classes of a collection share a product where they
/// can, because ten processes need half a minute to start and to end; each has a shop of its own, and leaves everything running.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ReliabilityCollection : ICollectionFixture<StandaloneProduct>
{
    internal const string Name = "Reliability of one process";
    internal const string Trait = "Suite";
}

/// <inheritdoc cref="ReliabilityCollection"/>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DoubledReliabilityCollection : ICollectionFixture<DoubledProduct>
{
    internal const string Name = "Reliability of two processes of each service";
}

/// <inheritdoc cref="ReliabilityCollection"/>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BrokerAwayCollection
{
    internal const string Name = "Reliability of products whose broker is harmed";
}
