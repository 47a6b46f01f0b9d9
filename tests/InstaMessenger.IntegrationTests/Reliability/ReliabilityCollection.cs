namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// The tests that break things on purpose and measure how long that shows. They run one after another and beside nothing else, since a
/// busy machine would be part of each figure. Those that only count what was lost, doubled or out of order run beside other tests, which is
/// one more trouble for the product. All have the trait <c>Suite=Reliability</c>, so that a quick run can leave them out.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class ReliabilityCollection
{
    internal const string Name = "Reliability";
    internal const string Trait = "Suite";
}
