using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Shared;

/// <summary>Gives what a host logs to the test that starts it, so that it stands beside what a failure says.</summary>
/// <param name="least">What is less is left out.</param>
internal sealed class TestOutputLog(LogLevel least) : ILoggerProvider, ILogger
{
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _output?.WriteLine($"{logLevel} {formatter(state, exception)} {exception}");
        }
        catch (InvalidOperationException)
        {
            // The test is over, and what it started is still ending.
        }
    }

    public void Dispose()
    {
    }
}
