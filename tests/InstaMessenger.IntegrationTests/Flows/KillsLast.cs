using Xunit.Sdk;
using Xunit.v3;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>
/// Runs the tests that kill a process behind all others of their class. A process that was started again has everything to compile and to
/// load anew: with the kills in between, that was a third of what the processes of the flows did.
/// </summary>
public sealed class KillsLast : ITestCaseOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCase> OrderTestCases<TTestCase>(IReadOnlyCollection<TTestCase> testCases)
        where TTestCase : notnull, ITestCase => [.. testCases.OrderBy(test => Kills(test) ? 1 : 0)];

    private static bool Kills(ITestCase test) => test.TestMethod?.MethodName.Contains("killed", StringComparison.Ordinal) == true;
}
