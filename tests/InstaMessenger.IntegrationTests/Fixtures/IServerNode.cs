namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>
/// A broker or database server of the tests' own: a container where Docker answers, else a private instance of the Debian package.
/// </summary>
internal interface IServerNode : IAsyncDisposable
{
    /// <summary>On 127.0.0.1; the same after a stop and a start.</summary>
    int Port { get; }

    /// <summary>Starts it, with the data of before; returns while it may still be starting up.</summary>
    Task StartAsync();

    Task StopAsync();

    /// <summary><c>kill -9</c>, as when the machine is gone.</summary>
    Task KillAsync();

    /// <summary>Keeps its connections open and answers nobody.</summary>
    Task FreezeAsync();

    Task ThawAsync();

    /// <summary>Runs one of the server's own tools and gives what it wrote.</summary>
    Task<string> RunToolAsync(params string[] command);

    /// <summary>What the server wrote last, for the sentence of a test that could not start it.</summary>
    string Log { get; }
}
