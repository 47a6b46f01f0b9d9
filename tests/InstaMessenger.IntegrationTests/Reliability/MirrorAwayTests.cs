using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>One process whose CRM has a MariaDB of its own, which is harmed.</summary>
public sealed class OwnMirrorProduct : MirroredStandaloneProduct
{
    private readonly SharedServers _servers;

    public OwnMirrorProduct()
        : this(new SharedServers())
    {
    }

    private OwnMirrorProduct(SharedServers servers)
        : base(servers)
    {
        _servers = servers;
        (Extra["Metrics__Host"], Extra["Metrics__Port"]) = ("127.0.0.1", MetricsPort.ToString());
    }

    public int MetricsPort { get; } = FreePort.Take();

    public Task<MariaDb> ServerAsync() => _servers.MariaDbAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _servers.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The CRM's database stops, is killed and hangs. That delays the mirror alone, and afterwards it has everything.</summary>
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class MirrorAwayTests(OwnMirrorProduct product) : IClassFixture<OwnMirrorProduct>
{
    private const int AtOnce = 40;

    private static readonly string[] Metrics = ["mirror_lag_seconds{", "mirror_behind{", "mirror_rows_total{"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_database_that_stops_is_killed_and_hangs_delays_the_mirror_alone_and_then_it_has_everything()
    {
        var server = await product.ServerAsync();
        await using var shop = await Shop.OpenAsync(product);
        var customer = shop.NewCustomer();
        await SayAsync(shop, customer, "before");
        await CompleteAsync(1);

        using var http = new HttpClient();
        var figures = "";
        await Until.TrueAsync(
            async () =>
            {
                figures = await http.GetStringAsync(new Uri($"http://127.0.0.1:{product.MetricsPort}/metrics"));
                return Metrics.All(name => figures.Contains(name, StringComparison.Ordinal));
            },
            Patience,
            () => figures);

        await server.StopAsync();
        await SayAsync(shop, customer, "while it is stopped");
        var anonymous = new ApiClient(product.Door, null);
        await Until.TrueAsync(
            async () => (await anonymous.GetAsync("/health/ready")) is var ready && ready.Status == 200
                && ready.Body.Contains("mirror", StringComparison.Ordinal) && ready.Body.Contains("Degraded", StringComparison.Ordinal),
            Patience,
            () => "Nobody says that the mirror waits.");
        // The product itself may die meanwhile.
        await product.KillAsync(product.ProcessOf("crm-forwarder"));
        await product.StartAsync(product.ProcessOf("crm-forwarder"));
        await server.ResumeAsync();
        await CompleteAsync(2);

        var saying = SayAsync(shop, customer, "while it is killed");
        await server.KillAsync();
        await saying;
        await server.ResumeAsync();
        await CompleteAsync(3);

        saying = SayAsync(shop, customer, "while it hangs");
        await server.FreezeAsync();
        await saying;
        await server.ThawAsync();
        await CompleteAsync(4);
    }

    /// <summary>Writes some messages and waits until the CRM's webhooks have told of all: they do not wait for the mirror.</summary>
    private static async Task SayAsync(Shop shop, Customer customer, string text)
    {
        var mids = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(number => customer.SayAsync($"{text} {number}")));
        // Not by the stream, which ends with the process.
        foreach (var mid in mids)
            await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.Body?.Contains(mid, StringComparison.Ordinal) is true);
    }

    private async Task CompleteAsync(int rounds)
    {
        var (stored, mirrored) = ((IReadOnlyList<string>)[], (IReadOnlyList<string>)[]);
        await Until.TrueAsync(
            async () =>
            {
                mirrored = await MirrorWitness.AskAsync(product.Mirror, "SELECT id, text FROM insta_messages ORDER BY id");
                stored = await StoredAsync();
                return stored.SequenceEqual(mirrored);
            },
            Patience,
            () => $"{stored.Count} messages, {mirrored.Count} of them in the mirror");
        stored.Count.ShouldBe(rounds * AtOnce);
    }

    private async Task<IReadOnlyList<string>> StoredAsync()
    {
        await using var connection = product.StoreConnection();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, text FROM messages ORDER BY id";
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add($"{reader.GetString(0)} {reader.GetString(1)}");
        return rows;
    }
}
