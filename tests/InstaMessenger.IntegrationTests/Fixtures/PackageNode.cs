using System.Diagnostics;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>A private instance of a server from a Debian package: own port, own folder, nothing of the system's touched.</summary>
/// <param name="port">Where it listens.</param>
/// <param name="folder">Its data, logs and home; removed at the end.</param>
/// <param name="environment">For the server and its tools.</param>
/// <param name="command">The server's program and arguments.</param>
internal sealed class PackageNode(int port, string folder, IReadOnlyDictionary<string, string?> environment, string[] command) : IServerNode
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);
    private GuardedProcess? _server;

    public int Port => port;

    public string Log => _server is { } server && File.Exists(server.LogFile) ? File.ReadAllText(server.LogFile) : "never started";

    /// <summary>
    /// A folder for one server, in that of the run: <c>./test</c> names one in memory, where no commit waits for a disk. A server that is
    /// killed there finds its files again as on a disk; only a machine that loses its power would show the difference.
    /// </summary>
    public static string NewFolder(string name) =>
        Environment.GetEnvironmentVariable("INSTAMESSENGER_SERVERS") is { } root
            ? Directory.CreateDirectory(Path.Combine(root, $"instamessenger-{name}-{Path.GetRandomFileName()}")).FullName
            : Directory.CreateTempSubdirectory($"instamessenger-{name}-").FullName;

    public async Task StartAsync() =>
        _server = await GuardedProcess.StartAsync(command[0], command[1..], Path.Combine(folder, "console.log"), environment, folder);

    public async Task StopAsync()
    {
        if (_server is not null) await _server.TerminateAsync(StopTimeout);
    }

    public Task KillAsync() => _server!.KillAsync();

    public Task FreezeAsync() => _server!.FreezeAsync();

    public Task ThawAsync() => _server!.ThawAsync();

    public async Task<string> RunToolAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var tool = Process.Start(start)!;
        var error = tool.StandardError.ReadToEndAsync();
        var output = await tool.StandardOutput.ReadToEndAsync().WaitAsync(Patience.Long);
        await tool.WaitForExitAsync(Patience.Token());
        return tool.ExitCode == 0 ? output : throw new InvalidOperationException($"{command[0]} failed: {output} {await error}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
