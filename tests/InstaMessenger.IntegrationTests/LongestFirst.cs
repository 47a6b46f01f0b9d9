using InstaMessenger.IntegrationTests;
using InstaMessenger.IntegrationTests.Flows;
using InstaMessenger.IntegrationTests.Hosting;
using InstaMessenger.IntegrationTests.Reliability;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace InstaMessenger.IntegrationTests;

/// <summary>
/// Begins with what takes long and mostly waits: for leases, outages and Meta's seconds. Begun last, the two cores would wait for it; begun
/// beside each other, what works all the time would be too slow for the patience of its clients.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        nameof(TwoOfEachTests), nameof(QuietOutageTests), nameof(AmbiguousSendTests), nameof(BrokerOutageTests),
        nameof(DatabaseErrorsTests), nameof(DoubledFlows), nameof(RottenRowTests), nameof(DatabaseAwayTests), nameof(MariaDbFlows),
        nameof(SplitKills), nameof(SplitFlows),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => PlaceOf(collection))];

    private static int PlaceOf(ITestCollection collection)
    {
        var place = Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
        return place < 0 ? Long.Length : place;
    }
}
