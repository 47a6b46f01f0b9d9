using InstaMessenger.Simulator;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>The whole product as real processes, with a simulator for Meta and the CRMs. Started once per test class.</summary>
public interface IProduct
{
    /// <summary>The public door: the only address that clients and Meta know.</summary>
    Uri Door { get; }

    /// <summary>Meta and the CRMs; runs in the tests' own process.</summary>
    SimulatorHost Simulator { get; }

    /// <summary>A session of the first admin.</summary>
    string AdminToken { get; }

    /// <summary>The names of the processes: <c>standalone</c>, or one per service.</summary>
    IReadOnlyList<string> Processes { get; }

    /// <summary>The process in which a service (<c>ingress</c>, <c>store</c>, …) runs.</summary>
    string ProcessOf(string service);

    /// <summary><c>kill -9</c>, as when the machine is gone.</summary>
    Task KillAsync(string process);

    /// <summary>SIGTERM: the process finishes what it has in hand. False when it had to be killed after 15 s.</summary>
    Task<bool> StopAsync(string process);

    /// <summary>Starts a process that was killed or stopped, with its data and its port of before, and waits until it is ready.</summary>
    Task StartAsync(string process);

    /// <summary>SIGSTOP: connections stay open and nobody answers, as when a machine hangs.</summary>
    Task FreezeAsync(string process);

    /// <summary>Lets a frozen process go on where it stood.</summary>
    Task ThawAsync(string process);

    /// <summary>A place in the logs, for <see cref="LogsSince"/>.</summary>
    IReadOnlyDictionary<string, long> MarkLogs();

    /// <summary>What the processes logged since then that is a warning or worse, and where the whole logs are.</summary>
    string LogsSince(IReadOnlyDictionary<string, long> mark);
}
