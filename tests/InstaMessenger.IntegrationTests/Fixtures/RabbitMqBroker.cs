using System.Collections.Concurrent;
using InstaMessenger.Tests.Shared;
using RabbitMQ.Client;

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>
/// A RabbitMQ of the tests' own. It can be frozen, thawed, stopped and started on the same port. A test takes a virtual host for itself,
/// because the product's queues have fixed names.
/// </summary>
public sealed class RabbitMqBroker : IAsyncDisposable
{
    private const string Image = "rabbitmq:4.1";
    private const string PackagePrograms = "/usr/lib/rabbitmq/bin/";
    private const string Login = "tests";
    private const int HostsAtOnce = 12;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private readonly IServerNode _node;
    private readonly IAsyncDisposable? _portMapper;
    private readonly ConcurrentQueue<string> _freeHosts = new();
    private readonly SemaphoreSlim _makingHosts = new(1);
    private int _hosts;

    private RabbitMqBroker(IServerNode node, IAsyncDisposable? portMapper) => (_node, _portMapper) = (node, portMapper);

    public int Port => _node.Port;

    public static async Task<RabbitMqBroker> StartAsync()
    {
        var broker = ContainerNode.DockerAnswers
            ? new RabbitMqBroker(new ContainerNode(Image, 5672, ("RABBITMQ_DEFAULT_USER", Login), ("RABBITMQ_DEFAULT_PASS", Login)), null)
            : await FromPackageAsync();
        await broker.ResumeAsync();
        return broker;
    }

    /// <summary>A connection string for <c>ConnectionStrings:RabbitMq</c>, to a virtual host that nobody else uses.</summary>
    public async Task<string> NewVirtualHostAsync()
    {
        await _makingHosts.WaitAsync();
        try
        {
            // One call of the tool takes a second, so a dozen are made at once.
            if (_freeHosts.IsEmpty) await MakeHostsAsync();
            _freeHosts.TryDequeue(out var host);
            return ConnectionString(host!);
        }
        finally
        {
            _makingHosts.Release();
        }
    }

    /// <summary>Connections stay open and the broker answers nobody.</summary>
    public Task FreezeAsync() => _node.FreezeAsync();

    public Task ThawAsync() => _node.ThawAsync();

    /// <summary>Connections are closed and the port is refused, until <see cref="ResumeAsync"/>.</summary>
    public Task StopAsync() => _node.StopAsync();

    /// <summary>Starts the broker, with its data, and returns when it takes connections.</summary>
    public async Task ResumeAsync()
    {
        await _node.StartAsync();
        using var timeout = new CancellationTokenSource(StartTimeout);
        var factory = new ConnectionFactory { Uri = new Uri(ConnectionString("")) };
        while (true)
        {
            try
            {
                await using var connection = await factory.CreateConnectionAsync(timeout.Token);
                return;
            }
            catch (Exception error) when (!timeout.IsCancellationRequested)
            {
                _ = error;
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
            catch (OperationCanceledException error)
            {
                throw new TimeoutException($"RabbitMQ did not start: {_node.Log}", error);
            }
        }
    }

    /// <summary>Runs <c>rabbitmqctl</c>.</summary>
    public Task<string> ControlAsync(params string[] arguments) =>
        _node.RunToolAsync([(_node is PackageNode ? PackagePrograms : "") + "rabbitmqctl", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        if (_portMapper is not null) await _portMapper.DisposeAsync();
        _makingHosts.Dispose();
    }

    private static async Task<RabbitMqBroker> FromPackageAsync()
    {
        if (!File.Exists(PackagePrograms + "rabbitmq-server"))
            throw new InvalidOperationException("There is neither a Docker engine nor the package rabbitmq-server; ./test installs it.");
        var folder = PackageNode.NewFolder("rabbitmq");
        var (port, mapperPort) = (FreePort.Take(), FreePort.Take());
        await File.WriteAllTextAsync(Path.Combine(folder, "rabbitmq.conf"), $"default_user = {Login}\ndefault_pass = {Login}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "plugins"), "[].");
        var environment = new Dictionary<string, string?>
        {
            // The home is where Erlang keeps the cookie by which the tool and the node know each other.
            ["HOME"] = folder,
            ["ERL_EPMD_PORT"] = mapperPort.ToString(),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = $"tests{port}@localhost",
            ["RABBITMQ_NODE_PORT"] = port.ToString(),
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_DIST_PORT"] = FreePort.Take().ToString(),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "data"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_LOG_BASE"] = folder,
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder, "rabbitmq"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "plugins"),
            ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(folder, "none"),
            // Busy waiting of Erlang's schedulers would take the cores from what is measured.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+sbwt none +sbwtdcpu none +sbwtdio none",
        };
        // Erlang's port mapper would start as a daemon that outlives the tests; this one is ours to end.
        var mapper = await GuardedProcess.StartAsync(
            "epmd", ["-port", mapperPort.ToString(), "-address", "127.0.0.1"], Path.Combine(folder, "epmd.log"));
        return new RabbitMqBroker(new PackageNode(port, folder, environment, [PackagePrograms + "rabbitmq-server"]), mapper);
    }

    private string ConnectionString(string host) => $"amqp://{Login}:{Login}@127.0.0.1:{Port}/{host}";

    private async Task MakeHostsAsync()
    {
        var hosts = Enumerable.Range(0, HostsAtOnce).Select(_ => $"test{++_hosts}").ToList();
        var names = string.Join(',', hosts.Select(host => $"<<\"{host}\">>"));
        const string Add = """rabbit_vhost:add(H, <<"tests">>)""";
        var permit = $"""rabbit_auth_backend_internal:set_permissions(<<"{Login}">>, H, <<".*">>, <<".*">>, <<".*">>, <<"tests">>)""";
        await ControlAsync("eval", $"[begin ok = {Add}, ok = {permit} end || H <- [{names}]].");
        foreach (var host in hosts) _freeHosts.Enqueue(host);
    }
}
