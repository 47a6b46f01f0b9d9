using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Faults;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>
/// The main job, end to end, through the public door and against a simulated Meta and CRM: the same tests for every form of the product.
/// Each test has an account of its own.
/// </summary>
public abstract partial class FlowSuite : IAsyncDisposable
{
    private readonly IProduct _product;
    private readonly IReadOnlyDictionary<string, long> _mark;
    private readonly List<Shop> _shops = [];

    protected FlowSuite(IProduct product)
    {
        _product = product;
        _mark = product.MarkLogs();
        Anonymous = new ApiClient(product.Door, null);
        Admin = new ApiClient(product.Door, product.AdminToken);
    }

    internal ApiClient Anonymous { get; }

    internal ApiClient Admin { get; }

    public async ValueTask DisposeAsync()
    {
        foreach (var shop in _shops) await shop.DisposeAsync();
        var meta = _product.Simulator.Meta;
        meta.SendFaults.Clear();
        (meta.EchoMode, meta.EnforceWindow, meta.Webhooks.RedeliverySchedule) = (EchoMode.AfterAnswer, false, []);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(_product.LogsSince(_mark));
        GC.SuppressFinalize(this);
    }

    private async Task<Shop> OpenShopAsync()
    {
        var shop = await Shop.OpenAsync(_product);
        _shops.Add(shop);
        return shop;
    }
}

/// <summary>The suite in one process: SQLite, no broker.</summary>
public sealed class StandaloneFlows(StandaloneProduct product) : FlowSuite(product), IClassFixture<StandaloneProduct>;

/// <summary>The suite in one process on MariaDB.</summary>
public sealed class MariaDbFlows(MariaDbProduct product) : FlowSuite(product), IClassFixture<MariaDbProduct>;

/// <summary>The suite in five processes on RabbitMQ.</summary>
public sealed class SplitFlows(SplitProduct product) : FlowSuite(product), IClassFixture<SplitProduct>;

/// <summary>The suite in two processes of each service on RabbitMQ and MariaDB.</summary>
public sealed class DoubledFlows(DoubledProduct product) : FlowSuite(product), IClassFixture<DoubledProduct>;
