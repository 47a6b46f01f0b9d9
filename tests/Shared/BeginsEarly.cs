using InstaMessenger.Tests.Shared;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(EarlyFirst))]

namespace InstaMessenger.Tests.Shared;

/// <summary>Marks a class of tests that takes long: begun last, it would make the whole run as much longer.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class BeginsEarlyAttribute : Attribute;

/// <summary>Begins with the classes that are marked so.</summary>
public sealed class EarlyFirst : ITestCollectionOrderer
{
    private static readonly string[] Early =
    [
        .. typeof(EarlyFirst).Assembly.GetTypes().Where(type => type.IsDefined(typeof(BeginsEarlyAttribute), inherit: false))
            .Select(type => type.FullName!),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(collection => IsEarly(collection) ? 0 : 1)];

    private static bool IsEarly(ITestCollection collection) =>
        Array.Exists(Early, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
}
