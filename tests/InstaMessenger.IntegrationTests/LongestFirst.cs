using InstaMessenger.IntegrationTests;
using InstaMessenger.IntegrationTests.Reliability;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace InstaMessenger.IntegrationTests;

/// <summary>Begins with what waits for most of two minutes; begun last it made every run a minute longer.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(
            collection => collection.TestCollectionDisplayName.Contains(nameof(AmbiguousSendTests), StringComparison.Ordinal))];
}
