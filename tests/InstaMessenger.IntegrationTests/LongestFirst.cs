using InstaMessenger.IntegrationTests;
using InstaMessenger.IntegrationTests.Hosting;
using InstaMessenger.IntegrationTests.Reliability;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace InstaMessenger.IntegrationTests;

/// <summary>Begins with what takes longest and mostly waits; begun last it made every run a minute longer.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [nameof(AmbiguousSendTests), nameof(RottenRowTests), nameof(DatabaseErrorsTests)];

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
