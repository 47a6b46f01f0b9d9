using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>One process of the product: the built program with an environment, which can die and come back.</summary>
/// <param name="name">For people, and its log.</param>
/// <param name="service">The name that its health must give: another server that happened to listen there would answer for it.</param>
/// <param name="program">The assembly, like <c>InstaMessenger.Store.dll</c>.</param>
/// <param name="address">Where it listens.</param>
/// <param name="environment">All of its configuration.</param>
/// <param name="logFolder">Where its console goes, one file per start.</param>
internal sealed class ProductProcess(
    string name, string service, string program, Uri address, IReadOnlyDictionary<string, string?> environment, string logFolder)
    : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);
    private static readonly HttpClient Probe = new() { Timeout = TimeSpan.FromSeconds(5) };

    private GuardedProcess? _process;
    private int _starts;

    public Uri Address => address;

    /// <summary>The process id of this start.</summary>
    public int Id => _process!.ProcessId;

    /// <summary>The console of this start and of those before it, oldest first.</summary>
    public IEnumerable<string> LogFiles => Enumerable.Range(1, _starts).Select(LogFile);

    public async Task StartAsync()
    {
        await LaunchAsync();
        await WaitUntilReadyAsync();
    }

    public async Task LaunchAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        var path = PathOf(program);
        _process = await GuardedProcess.StartAsync("dotnet", [path], LogFile(++_starts), environment, Path.GetDirectoryName(path));
    }

    public async Task WaitUntilReadyAsync()
    {
        var began = Stopwatch.StartNew();
        var last = "no answer";
        while (began.Elapsed < StartTimeout)
        {
            if (_process!.HasExited)
                throw new InvalidOperationException($"{name} ended with {_process.ExitCode} instead of starting:\n{Tail()}");
            try
            {
                using var answer = await Probe.GetAsync(new Uri(address, "/health/ready"));
                last = await answer.Content.ReadAsStringAsync();
                if (answer.StatusCode == HttpStatusCode.OK && ServiceIn(last) == service) return;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                last = error.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new TimeoutException($"{name} is not ready after {StartTimeout.TotalSeconds} s ({last}):\n{Tail()}");
    }

    public Task KillAsync() => _process!.KillAsync();

    public Task FreezeAsync() => _process!.FreezeAsync();

    public Task ThawAsync() => _process!.ThawAsync();

    public Task<bool> StopAsync() => _process!.TerminateAsync(StopTimeout);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
    }

    /// <summary>The program as it ships; see PublishedApp.targets.</summary>
    private static string PathOf(string program)
    {
        var path = RepositoryRoot.Of("artifacts", "app", program);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not built.");
    }

    private static string? ServiceIn(string health)
    {
        try
        {
            return JsonNode.Parse(health).Text("service");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string LogFile(int start) => Path.Combine(logFolder, $"{name}.{start}.log");

    /// <summary>Its last words: from the exception that ended it, whose first line says more than the end of its stack trace.</summary>
    private string Tail()
    {
        var lines = File.ReadAllLines(LogFile(_starts));
        var crash = Array.FindIndex(lines, line => line.StartsWith("Unhandled exception", StringComparison.Ordinal));
        return string.Join('\n', crash < 0 ? lines.TakeLast(20) : lines.Skip(crash).Take(20));
    }
}
