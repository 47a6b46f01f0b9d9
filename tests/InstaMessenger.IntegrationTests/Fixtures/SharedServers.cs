using InstaMessenger.IntegrationTests.Fixtures;

[assembly: AssemblyFixture(typeof(SharedServers))]

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>
/// The broker and the database server of the run, each started once and only when a test asks. A test that freezes or stops a server
/// takes one of its own instead, so that it harms nobody.
/// </summary>
public sealed class SharedServers : IAsyncDisposable
{
    /// <summary>Those of the run, for tests that are also run without any.</summary>
    public static SharedServers Current { get; private set; } = null!;

    private readonly Lazy<Task<RabbitMqBroker>> _broker = new(RabbitMqBroker.StartAsync);
    private readonly Lazy<Task<MariaDb>> _mariaDb = new(() => MariaDb.StartAsync());
    private readonly Lazy<Task<S3Server>> _s3 = new(S3Server.StartAsync);

    /// <summary>The run's own are made before any others.</summary>
    public SharedServers() => Current ??= this;

    public Task<RabbitMqBroker> BrokerAsync() => _broker.Value;

    public Task<MariaDb> MariaDbAsync() => _mariaDb.Value;

    public Task<S3Server> S3Async() => _s3.Value;

    public async ValueTask DisposeAsync()
    {
        if (_broker.IsValueCreated) await (await _broker.Value).DisposeAsync();
        if (_mariaDb.IsValueCreated) await (await _mariaDb.Value).DisposeAsync();
        if (_s3.IsValueCreated) await (await _s3.Value).DisposeAsync();
    }
}
