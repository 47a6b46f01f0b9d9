using System.Diagnostics;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>
/// A server process in a process group of its own. It dies with the test run, however that ends: a small shell holds the other end of
/// our pipe and kills the group once the pipe is closed.
/// </summary>
internal sealed class GuardedProcess : IAsyncDisposable
{
    private const string Guard = """
        log=$1; shift
        exec 3<&0 2> /dev/null
        setsid "$@" > "$log" 2>&1 < /dev/null 3<&- &
        child=$!
        ( read -r _ <&3; kill -s KILL -- "-$child" ) > /dev/null &
        echo "$child"
        wait "$child"
        """;

    private readonly Process _guard;
    private readonly string _group;

    private GuardedProcess(Process guard, string group, string logFile)
    {
        _guard = guard;
        _group = group;
        LogFile = logFile;
    }

    /// <summary>What the process wrote to its console.</summary>
    public string LogFile { get; }

    /// <summary>The process itself, not its guard.</summary>
    public int ProcessId => int.Parse(_group, System.Globalization.CultureInfo.InvariantCulture);

    public bool HasExited => _guard.HasExited;

    /// <summary>Only meaningful after the exit; 128 + n when signal n ended it.</summary>
    public int ExitCode => _guard.ExitCode;

    public static async Task<GuardedProcess> StartAsync(
        string program, IEnumerable<string> arguments, string logFile, IReadOnlyDictionary<string, string?>? environment =
            null, string? workingDirectory = null)
    {
        // The guard has a session of its own too, so that what ends the whole group of the tests (Ctrl+C, a time limit) leaves it to do its
        // work.
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", Guard, "guard", logFile, program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        var guard = Process.Start(start)!;
        var group = await guard.StandardOutput.ReadLineAsync(Patience.Token())
            ?? throw new InvalidOperationException($"{program} did not start.");
        return new GuardedProcess(guard, group, logFile);
    }

    /// <summary>SIGSTOP: connections stay open and nobody answers, as when a machine hangs.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>SIGKILL, as when the machine is gone.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await _guard.WaitForExitAsync(Patience.Token());
    }

    /// <summary>SIGTERM, and SIGKILL when that has not helped in time.</summary>
    public async Task<bool> TerminateAsync(TimeSpan atMost)
    {
        await SignalAsync("TERM");
        try
        {
            await _guard.WaitForExitAsync().WaitAsync(atMost, TimeProvider.System);
            return true;
        }
        catch (TimeoutException)
        {
            await KillAsync();
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_guard.HasExited) await KillAsync();
        _guard.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill =
            Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "kill -s \"$1\" -- \"-$2\" 2> /dev/null", "kill", signal, _group]))!;
        await kill.WaitForExitAsync(Patience.Token());
    }
}
