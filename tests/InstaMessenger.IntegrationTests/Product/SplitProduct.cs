using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// Five processes and a RabbitMQ, made from docker-compose.yml and the Dockerfile: the same programs and the same environment, with hosts and
/// ports mapped to loopback ports, volumes to folders, and the broker to a virtual host of the tests'. A setting that is missing in those files
/// is missing here.
/// </summary>
public sealed class SplitProduct(SharedServers servers) : ProductBase("split")
{
    private const string Broker = "rabbitmq";
    private const string Gateway = "ui-gateway";
    private readonly Dictionary<string, int> _ports = [];
    private readonly Dictionary<string, int> _inside = [];
    private string _broker = "";

    public override Uri Door => new($"http://127.0.0.1:{_ports[Gateway]}");

    public override string ProcessOf(string service) => service;

    private protected override async Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(Dictionary<string, string?> settings)
    {
        settings["RabbitMq__Password"] = "unused";
        _broker = await (await servers.BrokerAsync()).NewVirtualHostAsync();
        var compose = ComposeFile.Read(RepositoryRoot.Of("docker-compose.yml"), settings);
        var docker = Dockerfile.Read(RepositoryRoot.Of("Dockerfile"));

        var ours = compose.Services.Where(service => service.Value is { Target: not null, Profiles: [] }).ToList();
        foreach (var (name, service) in ours)
        {
            _ports[name] = FreePort.Take();
            _inside[name] = new Uri(docker[service.Target!].Environment["ASPNETCORE_URLS"].Replace('+', '0')).Port;
        }

        var processes = new Dictionary<string, ProductProcess>();
        foreach (var (name, service) in ours)
        {
            var stage = docker[service.Target!];
            var environment = new Dictionary<string, string?>();
            foreach (var (variable, value) in stage.Environment.Concat(service.Environment))
                environment[variable] = settings.ContainsValue(value) ? value : Here(name, service, value);
            if (environment.ContainsKey("Metrics__Port")) environment["Metrics__Port"] = FreePort.Take().ToString();
            var address = new Uri($"http://127.0.0.1:{_ports[name]}");
            processes[name] = new ProductProcess(name, name, stage.Program!, address, environment, Folder.Logs);
        }

        return processes;
    }

    /// <summary>What a value that those files give is on this machine; what the operator gives holds everywhere.</summary>
    private string Here(string name, ComposeService service, string value)
    {
        if (value.StartsWith("http://+:", StringComparison.Ordinal)) return $"http://127.0.0.1:{_ports[name]}";
        if (value.StartsWith('/')) return FolderOf(name, service, value);
        if (!Uri.TryCreate(value, UriKind.Absolute, out var uri)) return value;
        if (uri.Host == Broker) return _broker;
        if (!_ports.TryGetValue(uri.Host, out var port)) return value;
        uri.Port.ShouldBe(_inside[uri.Host], $"{uri.Host} does not listen where {name} looks for it");
        return new UriBuilder(uri) { Host = "127.0.0.1", Port = port }.Uri.ToString();
    }

    /// <summary>A volume's folder, shared by those that mount it; what is not a volume is lost with the container, so it is the service's own.</summary>
    private string FolderOf(string name, ComposeService service, string path) =>
        Folder.Of(service.Volumes.TryGetValue(path, out var volume) ? $"volumes/{volume}" : $"containers/{name}{path}");
}
