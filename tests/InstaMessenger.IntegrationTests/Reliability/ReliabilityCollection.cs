using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// The tests that break things on purpose, under load, and measure how long that shows. They run one after another and beside nothing
/// else: a busy machine would be part of each figure, and their load part of every other test. Those that only count, with little load,
/// run beside other tests (<see cref="AmbiguousSendTests"/>, <see cref="RottenRowTests"/>, <see cref="RepeatedWebhookSuite"/>,
/// <see cref="QuietOutageTests"/>). All have the trait <c>Suite=Reliability</c>, so that a quick run can leave them out. The classes of a
/// collection share a product, because ten processes need half a minute to start and to end; each has a shop of its own, and leaves
/// everything running.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ReliabilityCollection : ICollectionFixture<StandaloneProduct>
{
    internal const string Name = "Reliability of one process";
    internal const string Trait = "Suite";
}

/// <inheritdoc cref="ReliabilityCollection"/>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SplitReliabilityCollection
{
    internal const string Name = "Reliability of one process of each service";
}

/// <inheritdoc cref="ReliabilityCollection"/>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DoubledReliabilityCollection : ICollectionFixture<DoubledProduct>
{
    internal const string Name = "Reliability of two processes of each service";
}

/// <inheritdoc cref="ReliabilityCollection"/>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OwnDatabaseReliabilityCollection : ICollectionFixture<OwnDatabaseProduct>
{
    internal const string Name = "Reliability of one process of each service, whose database is harmed";
}
