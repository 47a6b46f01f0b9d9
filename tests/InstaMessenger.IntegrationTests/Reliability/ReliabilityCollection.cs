using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// The tests that break things on purpose, under load. All have the trait <c>Suite=Reliability</c>, so that a quick run can leave them out.
/// They run beside other tests: what they count is the same on a busy machine, and the bounds of time that they have bear one. Only those
/// that end one process after the other of <see cref="DoubledReliabilityCollection"/> run beside nothing else, because there the time that
/// an end takes is the figure. The classes of a collection share a product, because ten processes need half a minute to start and to end;
/// each has a shop of its own, and leaves everything running.
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
