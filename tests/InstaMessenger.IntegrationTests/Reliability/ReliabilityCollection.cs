namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// The tests that break things on purpose, under load, and measure how long that shows. They run one after another and beside nothing
/// else: a busy machine would be part of each figure, and their load part of every other test. Those that only count, with little load
/// (<see cref="AmbiguousSendTests"/>, <see cref="RottenRowTests"/>, <see cref="RepeatedWebhookSuite"/>), run beside other tests. All have
/// the trait <c>Suite=Reliability</c>, so that a quick run can leave them out.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class ReliabilityCollection
{
    internal const string Name = "Reliability";
    internal const string Trait = "Suite";
}
