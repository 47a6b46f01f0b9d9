using InstaMessenger.Benchmarks.Processes;
using InstaMessenger.Benchmarks.References;
using InstaMessenger.IntegrationTests.Fixtures;

namespace InstaMessenger.Benchmarks.Measuring;

/// <summary>What the rows of one run share: its length, its folder, its broker, its database server, the references.</summary>
/// <param name="seconds">How long the sustained rows last.</param>
internal sealed class BenchRun(int seconds) : IAsyncDisposable
{
    public const string Account = "17841400000000001";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("instamessenger-bench-");
    private int _folders;
    private RabbitMqBroker? _broker;
    private MariaDb? _mariaDb;

    public TimeSpan Sustained { get; } = TimeSpan.FromSeconds(seconds);

    /// <summary>For what shows its rate at once.</summary>
    public TimeSpan Short { get; } = TimeSpan.FromSeconds(Math.Max(2, seconds / 4.0));

    /// <summary>Messages a second of the five services on SQLite, once a row has measured it.</summary>
    public double? FiveServicesPerSecond { get; set; }

    public List<Line> Lines { get; } = [];

    /// <summary>An empty folder, each time another: on the data of a measurement before, the same messages would be repeats.</summary>
    public string NewFolder(string name) => _folder.CreateSubdirectory($"{name}-{++_folders}").FullName;

    /// <summary>An empty virtual host of the run's own broker.</summary>
    public async Task<string> VirtualHostAsync()
    {
        if (_broker is null) Say("starting RabbitMQ …");
        _broker ??= await RabbitMqBroker.StartAsync();
        return await _broker.NewVirtualHostAsync();
    }

    /// <summary>
    /// The run's own database server, as docs/operations.md says to set it: it keeps a million messages and their index in memory, and the
    /// log in which tests read how many rows a statement looked at is off.
    /// </summary>
    public async Task<MariaDb> MariaDbAsync()
    {
        if (_mariaDb is null) Say("starting MariaDB …");
        return _mariaDb ??= await MariaDb.StartAsync("--innodb-buffer-pool-size=1G", "--slow-query-log=0");
    }

    /// <summary>The reference <b>pipe</b> as it is now, in messages a second.</summary>
    public async Task<double> PipeAsync()
    {
        var perSecond = await Pipe.MeasureAsync(await VirtualHostAsync(), Short);
        Say($"reference pipe: {perSecond:0} messages/s");
        return perSecond;
    }

    /// <summary>The server of the reference <b>accept</b>, in a process of its own like what is compared with it.</summary>
    public Task<ProcessUnderTest> StartAcceptAsync()
    {
        var folder = NewFolder("accept");
        return ProcessUnderTest.StartAsync(
            "Benchmarks", folder, new Dictionary<string, string?>(), [AcceptServer.Command, Path.Combine(folder, "accept.db")]);
    }

    /// <summary>Adds a line to the table.</summary>
    public void Add(string what, string bar, string measured, bool ok, double? reference = null, double? ratio = null)
    {
        Lines.Add(new Line(what, bar, measured, reference, ratio, ok));
        Say($"{(ok ? "ok    " : "NOT OK")} {what}: {measured} (bar: {bar})");
    }

    /// <summary>Says what the table does not.</summary>
    public static void Say(string text) => Console.Error.WriteLine("  " + text);

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
        if (_mariaDb is not null) await _mariaDb.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

/// <summary>One line of the table.</summary>
internal sealed record Line(string What, string Bar, string Measured, double? Reference, double? Ratio, bool Ok);
