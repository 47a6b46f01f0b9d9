using System.Diagnostics;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Product;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>Five processes with a MariaDB of their own, which may be harmed, behind a door that can cut their connections.</summary>
public sealed class OwnDatabaseProduct : SplitProduct
{
    private readonly SharedServers _servers;
    private TcpDoor? _door;

    public OwnDatabaseProduct()
        : this(new SharedServers())
    {
    }

    private OwnDatabaseProduct(SharedServers servers)
        : base(servers, new SplitForm(OnMariaDb: true)) => _servers = servers;

    public Task<MariaDb> ServerAsync() => _servers.MariaDbAsync();

    public Task<RabbitMqBroker> BrokerAsync() => _servers.BrokerAsync();

    /// <summary>Ends every connection of the services to the server.</summary>
    public void CutConnections() => _door!.Cut();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _door?.Dispose();
        await _servers.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected override async Task<string> NewDatabaseAsync(MariaDb server)
    {
        var database = new MySqlConnectionStringBuilder(await server.NewDatabaseAsync());
        if (_door is null)
        {
            var port = (int)database.Port;
            _door = new TcpDoor(() => port);
            _door.Open();
        }

        database.Port = (uint)_door.Port;
        return database.ConnectionString;
    }
}

/// <summary>
/// The database dies, hangs, restarts and drops connections under load. Whether a commit that was interrupted held, nobody knows: whatever
/// is done again must find what it did before.
/// </summary>
[Collection(ReliabilityCollection.Name)]
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class DatabaseAwayTests(OwnDatabaseProduct product) : IClassFixture<OwnDatabaseProduct>
{
    private const int Customers = 20;
    private const double SendsPerSecond = 10;

    /// <summary>Posts whose success could not be recorded; each accident may have that many.</summary>
    private const int InFlight = 40;

    private static readonly int WebhooksPerSecond = Figures.Setting("INSTAMESSENGER_RATE", 50);
    private static readonly int Accidents = Figures.Setting("INSTAMESSENGER_ACCIDENTS", 2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(3);

    // Not seen whole on every way of going away yet: run it with -explicit on.
    [Theory(Explicit = true)]
    [InlineData("killed")]
    [InlineData("frozen")]
    [InlineData("connections cut")]
    [InlineData("restarted")]
    public async Task Nothing_that_was_acknowledged_is_lost_or_done_twice(string how)
    {
        var server = await product.ServerAsync();
        await using var shop = await Shop.OpenAsync(product);
        using var traffic = await Traffic.OpenAsync(shop, Customers, WebhooksPerSecond, SendsPerSecond);
        var mark = product.MarkLogs();
        traffic.Begin();
        for (var n = 0; n < Accidents; n++)
        {
            await Task.Delay(Between, TimeProvider.System);
            await HarmAsync(server, how);
        }

        await Task.Delay(Between, TimeProvider.System);
        await traffic.EndAsync(Patience);
        var clock = Stopwatch.StartNew();
        var reckoning = await Reckoning.OfAsync(product, shop, traffic, Patience);
        Figures.Print($"database {how} {Accidents} times: {traffic.Webhooks} webhooks ({traffic.NotTaken.Count} posts not taken and "
            + $"repeated), {traffic.Sends} sends; {reckoning}; drained {clock.Elapsed.TotalSeconds:N0} s after the end");
        if (reckoning.Lost.Count + reckoning.NotOneMessage.Count + reckoning.DeadLetters.Count > 0)
            TestContext.Current.TestOutputHelper?.WriteLine(product.LogsSince(mark));

        reckoning.ShouldBeWhole(InFlight * Accidents);
        traffic.NotTaken.ShouldBeEmpty("ingress keeps webhooks in a file of its own, so Meta notices nothing");
    }

    private async Task HarmAsync(MariaDb server, string how)
    {
        switch (how)
        {
            case "killed":
                await server.KillAsync();
                await server.ResumeAsync();
                break;
            case "frozen":
                await server.FreezeAsync();
                await Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System);
                await server.ThawAsync();
                break;
            case "connections cut":
                for (var n = 0; n < 10; n++)
                {
                    product.CutConnections();
                    await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
                }

                break;
            default:
                await server.StopAsync();
                await server.ResumeAsync();
                break;
        }
    }
}
