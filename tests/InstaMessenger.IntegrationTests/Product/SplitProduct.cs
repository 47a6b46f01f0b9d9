using System.Data.Common;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Tests.Shared;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// The services as processes and a RabbitMQ, made from docker-compose.yml and the Dockerfile: the same programs and the same environment,
/// with hosts and ports mapped to loopback ports, volumes to folders, and the broker to a virtual host of the tests'. A setting that is
/// missing in those files is missing here.
/// </summary>
public class SplitProduct : ProductBase
{
    private const string Broker = "rabbitmq";
    private const string Gateway = "ui-gateway";
    private const string Proxies = "ForwardedHeaders__KnownProxies";
    private readonly SharedServers _servers;
    private readonly SplitForm _form;
    private readonly Dictionary<string, int[]> _ports = [];
    private readonly Dictionary<string, int> _inside = [];
    private readonly TcpDoor _door;
    private ReadyPorts? _gateways;
    private string _broker = "";
    private Dictionary<string, string?> _settings = [];

    public SplitProduct(SharedServers servers)
        : this(servers, new SplitForm())
    {
    }

    private protected SplitProduct(SharedServers servers, SplitForm form)
        : base(form.Copies == 1 ? "split" : $"split-{form.Copies}-of-each")
    {
        (_servers, _form) = (servers, form);
        _door = new TcpDoor(() => _gateways!.Now);
    }

    /// <summary>The gateway; of several, a balancer in front of them.</summary>
    public override Uri Door => new($"http://127.0.0.1:{(_form.Copies == 1 ? _ports[Gateway][0] : _door.Port)}");

    public override string ProcessOf(string service) => NameOf(service, 0);

    internal override DbConnection StoreConnection() =>
        _form.OnMariaDb ? DatabaseConnection("Store") : base.StoreConnection();

    /// <summary>A connection to a service's MariaDB, not opened, for a test that looks whose a row is.</summary>
    internal DbConnection DatabaseConnection(string service) =>
        new MySqlConnection(_settings[$"ConnectionStrings__{service}"] + ";Pooling=false");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _door.Dispose();
        _gateways?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override async Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(
        Dictionary<string, string?> settings)
    {
        _settings = settings;
        settings["RabbitMq__Password"] = "unused";
        _broker = await (await _servers.BrokerAsync()).NewVirtualHostAsync();
        if (_form.OnMariaDb)
        {
            var server = await _servers.MariaDbAsync();
            foreach (var service in (string[])["Store", "Sender", "CrmForwarder"])
                settings[$"ConnectionStrings__{service}"] = await NewDatabaseAsync(server);
        }

        _ports[Gateway] = FreePorts();
        if (_form.Copies > 1)
        {
            _gateways = new ReadyPorts(_ports[Gateway]);
            _door.Open();
        }

        settings.TryAdd("Public__BaseUrl", Door.ToString());
        var compose = ComposeFile.Read(RepositoryRoot.Of("docker-compose.yml"), settings);
        var docker = Dockerfile.Read(RepositoryRoot.Of("Dockerfile"));

        var ours = compose.Services.Where(service => service.Value is { Target: not null, Profiles: [] }).ToList();
        foreach (var (name, service) in ours)
        {
            if (name != Gateway) _ports[name] = FreePorts();
            _inside[name] = new Uri(docker[service.Target!].Environment["ASPNETCORE_URLS"].Replace('+', '0')).Port;
        }

        var processes = new Dictionary<string, ProductProcess>();
        foreach (var (name, service) in ours)
        {
            for (var copy = 0; copy < _form.Copies; copy++)
            {
                var environment = EnvironmentOf(name, copy, docker[service.Target!], service, settings);
                var address = new Uri($"http://127.0.0.1:{_ports[name][copy]}");
                processes[NameOf(name, copy)] = new ProductProcess(
                    NameOf(name, copy), name, docker[service.Target!].Program!, address, environment, Folder.Logs);
            }
        }

        return processes;
    }

    /// <summary>An empty database, as a service is told of it.</summary>
    private protected virtual Task<string> NewDatabaseAsync(MariaDb server) => server.NewDatabaseAsync();

    private int[] FreePorts() => [.. Enumerable.Range(0, _form.Copies).Select(_ => FreePort.Take())];

    private Dictionary<string, string?> EnvironmentOf(
        string name, int copy, Dockerfile.Stage stage, ComposeService service, Dictionary<string, string?> settings)
    {
        var environment = new Dictionary<string, string?>();
        foreach (var (variable, value) in stage.Environment.Concat(service.Environment))
            environment[variable] = settings.ContainsValue(value) ? value : Here(name, copy, service, value);
        // The network of the containers: here everybody is on loopback.
        if (environment.GetValueOrDefault(Proxies)?.Contains('/') == true) environment[Proxies] = "127.0.0.1";
        if (environment.ContainsKey("Metrics__Port")) environment["Metrics__Port"] = FreePort.Take().ToString();
        return environment;
    }

    private string NameOf(string service, int copy) => _form.Copies == 1 ? service : $"{service}-{copy + 1}";

    /// <summary>What a value that those files give is on this machine; what the operator gives holds everywhere.</summary>
    private string Here(string name, int copy, ComposeService service, string value)
    {
        if (value.StartsWith("http://+:", StringComparison.Ordinal)) return $"http://127.0.0.1:{_ports[name][copy]}";
        if (value.StartsWith('/')) return FolderOf(name, copy, service, value);
        if (!Uri.TryCreate(value, UriKind.Absolute, out var uri)) return value;
        if (uri.Host == Broker) return _broker;
        if (!_ports.TryGetValue(uri.Host, out var ports)) return value;
        uri.Port.ShouldBe(_inside[uri.Host], $"{uri.Host} does not listen where {name} looks for it");
        // The one beside it first, so that not all ask the same.
        var known = ports.Skip(copy).Concat(ports.Take(copy));
        return string.Join(',', known.Select(port => new UriBuilder(uri) { Host = "127.0.0.1", Port = port }.Uri));
    }

    /// <summary>
    /// A volume's folder, shared by the services that mount it; one that a service mounts as its own is each process's own. What is not a
    /// volume is lost with the container, so it is the process's own too.
    /// </summary>
    private string FolderOf(string name, int copy, ComposeService service, string path) => Folder.Of(
        service.Volumes.TryGetValue(path, out var volume)
            ? $"volumes/{(volume == name ? NameOf(name, copy) : volume)}"
            : $"containers/{NameOf(name, copy)}{path}");
}

/// <summary>
/// Two of each service on RabbitMQ and MariaDB: what holds for one process must hold when a second of its kind runs beside it.
/// </summary>
public class DoubledProduct(SharedServers servers) : SplitProduct(servers, new SplitForm(Copies: 2, OnMariaDb: true));
