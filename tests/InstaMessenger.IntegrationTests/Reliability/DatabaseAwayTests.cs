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
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class DatabaseAwayTests(OwnDatabaseProduct product) : IClassFixture<OwnDatabaseProduct>
{
    private const int Customers = 20;
    private const double SendsPerSecond = 10;

    /// <summary>Posts whose success could not be recorded; each round of accidents may have that many.</summary>
    private const int InFlight = 80;

    private static readonly int WebhooksPerSecond = Figures.Setting("INSTAMESSENGER_RATE", 25);
    private static readonly int Rounds = Figures.Setting("INSTAMESSENGER_ACCIDENTS", 1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_database_that_is_killed_frozen_cut_off_and_restarted_under_load_loses_and_doubles_nothing()
    {
        var server = await product.ServerAsync();
        await using var shop = await Shop.OpenAsync(product);
        using var traffic = await Traffic.OpenAsync(shop, Customers, WebhooksPerSecond, SendsPerSecond);
        var mark = product.MarkLogs();
        traffic.Begin();
        foreach (var harm in Enumerable.Repeat(Harms(server), Rounds).SelectMany(harms => harms))
        {
            await Task.Delay(Between, TimeProvider.System);
            await harm();
        }

        await Task.Delay(Between, TimeProvider.System);
        await traffic.EndAsync(Patience);
        var clock = Stopwatch.StartNew();
        var reckoning = await Reckoning.OfAsync(product, shop, traffic, Patience);
        Figures.Print($"database killed, frozen, cut off and restarted {Rounds} times: {traffic.Webhooks} webhooks "
            + $"({traffic.NotTaken.Count} posts not taken and repeated), {traffic.Sends} sends; {reckoning}; drained "
            + $"{clock.Elapsed.TotalSeconds:N0} s after the end");
        if (reckoning.Lost.Count + reckoning.NotOneMessage.Count + reckoning.DeadLetters.Count > 0)
            TestContext.Current.TestOutputHelper?.WriteLine(product.LogsSince(mark));

        reckoning.ShouldBeWhole(InFlight * Rounds);
        // One ingress with one journal: what waits for the database waits in order.
        reckoning.OutOfOrderInLog.ShouldBe(0);
        // A call that has begun is recorded once the database is back, which is before its claim (CallTimeout and 30 s) is over.
        reckoning.Unknown.ShouldBe(0);
        traffic.NotTaken.ShouldBeEmpty("ingress keeps webhooks in a file of its own, so Meta notices nothing");
    }

    private Func<Task>[] Harms(MariaDb server) =>
    [
        async () =>
        {
            await server.KillAsync();
            await server.ResumeAsync();
        },
        async () =>
        {
            await server.FreezeAsync();
            await Task.Delay(Frozen, TimeProvider.System);
            await server.ThawAsync();
        },
        async () =>
        {
            for (var n = 0; n < 10; n++)
            {
                product.CutConnections();
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            }
        },
        async () =>
        {
            await server.StopAsync();
            await server.ResumeAsync();
        },
    ];
}
