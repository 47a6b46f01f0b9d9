using System.Diagnostics;
using System.Net;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Benchmarks.Processes;

/// <summary>A program as it ships, in a process of its own, listening on a free port.</summary>
internal sealed class ProcessUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly GuardedProcess _process;

    private ProcessUnderTest(string name, int port, GuardedProcess process, TimeSpan readyAfter) =>
        (Name, EndPoint, _process, ReadyAfter) = (name, new IPEndPoint(IPAddress.Loopback, port), process, readyAfter);

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    public Uri Address => new($"http://{EndPoint}");

    public int Id => _process.ProcessId;

    /// <summary>From its start to the first 200 of <c>/health/ready</c>.</summary>
    public TimeSpan ReadyAfter { get; }

    /// <summary>Resident memory, in bytes.</summary>
    public long ResidentBytes => Kilobytes("VmRSS") * 1024;

    /// <summary>The most that was ever resident, in bytes.</summary>
    public long MostResidentBytes => Kilobytes("VmHWM") * 1024;

    /// <summary>Starts <c>InstaMessenger.{project}.dll</c> and waits until it is ready.</summary>
    /// <param name="project">Like <c>Standalone</c>.</param>
    /// <param name="folder">Gets its log.</param>
    /// <param name="environment">Its settings.</param>
    /// <param name="port">Where it listens; 0 for a free port.</param>
    public static async Task<ProcessUnderTest> StartAsync(
        string project, string folder, IReadOnlyDictionary<string, string?> environment, string[]? arguments = null, int port = 0)
    {
        if (port == 0) port = FreePort.Take();
        var (log, began) = (Path.Combine(folder, project + ".log"), Stopwatch.GetTimestamp());
        var settings = new Dictionary<string, string?>(environment) { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" };
        var process = await GuardedProcess.StartAsync("dotnet", [Dll(project), .. arguments ?? []], log, settings, folder);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(5) };
        while (!await IsReadyAsync(http))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > StartTimeout)
            {
                await process.DisposeAsync();
                throw new InvalidOperationException($"{project} did not get ready:\n{await File.ReadAllTextAsync(log)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return new ProcessUnderTest(project, port, process, Stopwatch.GetElapsedTime(began));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.TerminateAsync(StopTimeout);
        await _process.DisposeAsync();
    }

    /// <summary>
    /// The services as they ship (PublishedApp.targets), in artifacts/app; the references are built like the benchmarks, in artifacts/bin.
    /// </summary>
    private static string Dll(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var program = $"InstaMessenger.{project}";
        var folder = program == typeof(ProcessUnderTest).Assembly.GetName().Name
            ? own.FullName
            : Path.Combine(own.Parent!.Parent!.Parent!.FullName, "app");
        return Path.Combine(folder, program + ".dll");
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private long Kilobytes(string what) =>
        long.Parse(File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith(what + ":", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);
}
