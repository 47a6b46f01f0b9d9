using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>What both forms of the product share: secrets, the simulator, the processes and their logs.</summary>
public abstract class ProductBase(string form) : IProduct, IAsyncLifetime
{
    internal const string Username = "admin";
    internal const string Password = "a long password of the tests";
    internal const string AppSecret = "an_app_secret_of_the_tests";
    internal const string VerifyToken = "a_verify_token_of_the_tests";
    private readonly Dictionary<string, ProductProcess> _processes = [];
    private SimulatorHost? _simulator;

    public abstract Uri Door { get; }

    public SimulatorHost Simulator => _simulator ?? throw new InvalidOperationException("The product is not started.");

    public string AdminToken { get; private set; } = "";

    public IReadOnlyList<string> Processes => [.. _processes.Keys];

    /// <summary>Settings of one test's, on top of those of all.</summary>
    internal Dictionary<string, string?> Extra { get; } = [];

    /// <summary>The CRM's database with the mirror; empty for a product without one.</summary>
    internal string Mirror { get; private protected set; } = "";

    internal ProductFolder Folder { get; } = new(form);

    /// <summary>The number that the machine gave a process.</summary>
    internal int IdOf(string process) => _processes[process].Id;

    /// <summary>The physical memory of a process, in MiB.</summary>
    internal int MemoryOf(string process)
    {
        var line = File.ReadLines($"/proc/{IdOf(process)}/status")
            .First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
    }

    public abstract string ProcessOf(string service);

    public Task KillAsync(string process) => _processes[process].KillAsync();

    public Task<bool> StopAsync(string process) => _processes[process].StopAsync();

    public Task StartAsync(string process) => _processes[process].StartAsync();

    public Task FreezeAsync(string process) => _processes[process].FreezeAsync();

    public Task ThawAsync(string process) => _processes[process].ThawAsync();

    /// <summary>
    /// A connection, not opened, by which a test reads the store's tables: a witness that does not depend on the code under test.
    /// </summary>
    internal virtual DbConnection StoreConnection() => FileConnection("store.db");

    /// <summary>Reads one of the product's SQLite files.</summary>
    internal DbConnection FileConnection(string file) =>
        new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Folder.Find(file),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());

    public async ValueTask InitializeAsync()
    {
        // An event may carry a whole webhook as raw.
        _simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions { AppSecret = AppSecret, RecordLimit = 1_000_000, BodyLimit = 8 * 1024 * 1024 });
        var settings = Settings();
        foreach (var (name, value) in Extra) settings[name] = value;
        foreach (var (name, process) in await MakeProcessesAsync(settings)) _processes.Add(name, process);
        // Together, as an orchestrator starts them: none may need another one to be there first. The first that does not start ends the
        // wait for the others.
        await foreach (var started in Task.WhenEach(_processes.Values.Select(process => process.StartAsync()))) await started;
        Simulator.Meta.Webhooks.CallbackUrl = new Uri(Door, "/webhooks/instagram");
        var session = await new ApiClient(Door, null).SignInAsync(Username, Password);
        AdminToken = session.Expect(200).Text("token")!;
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values) await process.DisposeAsync();
        if (_simulator is not null) await _simulator.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    public IReadOnlyDictionary<string, long> MarkLogs() => Logs().ToDictionary(file => file, file => new FileInfo(file).Length);

    public string LogsSince(IReadOnlyDictionary<string, long> mark)
    {
        Folder.Keep = true;
        var text = new StringBuilder().AppendLine($"Logs are in {Folder.Logs}");
        foreach (var (file, line) in LinesSince(mark).Where(written => IsNews(written.Line)))
            text.AppendLine($"{Path.GetFileNameWithoutExtension(file)}: {line}");
        return text.ToString();
    }

    /// <summary>All lines of all processes since a mark, with the names of their files.</summary>
    internal IEnumerable<(string File, string Line)> LinesSince(IReadOnlyDictionary<string, long> mark)
    {
        foreach (var file in Logs())
        {
            using var log = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            log.Position = mark.TryGetValue(file, out var position) ? position : 0;
            using var reader = new StreamReader(log);
            while (reader.ReadLine() is { } line) yield return (file, line);
        }
    }

    /// <summary>Makes the processes, not started.</summary>
    /// <param name="settings">What an operator would set.</param>
    private protected abstract Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(Dictionary<string, string?> settings);

    private Dictionary<string, string?> Settings() => new()
    {
        ["Secrets__MasterKey"] = RandomKey(),
        ["Jwt__SigningKeys__0"] = RandomKey(),
        ["Bootstrap__AdminUsername"] = Username,
        ["Bootstrap__AdminPassword"] = Password,
        ["Instagram__Apps__0__AppId"] = "1234567890",
        ["Instagram__Apps__0__AppSecret"] = AppSecret,
        ["Instagram__Apps__0__VerifyToken"] = VerifyToken,
        ["Instagram__GraphBaseUrl"] = Simulator.BaseAddress.ToString(),
        ["Outbound__AllowPrivateAddresses"] = "true",
        // Those behind an unknown send wait for it so long; no test of another thing should.
        ["Sender__ReadBackAfterSeconds"] = "3",
        // What a test withholds is missing at once.
        ["Accounts__SweepGraceSeconds"] = "0",
        // They live for a minute: .NET would compile what is hot a second time for hours that never come, a sixth of their processor time.
        ["DOTNET_TC_CallCounting"] = "0",
    };

    /// <summary>A key that begins with a slash, as one of 64 does: such a key was once taken for a path.</summary>
    private static string RandomKey() => Convert.ToBase64String([0xFF, .. RandomNumberGenerator.GetBytes(31)]);

    /// <summary>A warning or worse, or something that is no log line, like the stack trace of a crash.</summary>
    private static bool IsNews(string line)
    {
        try
        {
            return JsonNode.Parse(line)?["LogLevel"]?.GetValue<string>() is not ("Trace" or "Debug" or "Information");
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private IEnumerable<string> Logs() => _processes.Values.SelectMany(process => process.LogFiles);
}
