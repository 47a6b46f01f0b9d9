using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>
/// The main job, end to end, through the public door and against a simulated Meta and CRM: the same tests for every form of the product.
/// Each test has an account of its own.
/// </summary>
public abstract partial class FlowSuite : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, long> _mark;
    private readonly List<Shop> _shops = [];

    protected FlowSuite(IProduct product)
    {
        Product = product;
        _mark = product.MarkLogs();
        ApiContract.Hold(product.Door);
        Anonymous = new ApiClient(product.Door, null);
        Admin = new ApiClient(product.Door, product.AdminToken);
    }

    private protected IProduct Product { get; }

    internal ApiClient Anonymous { get; }

    internal ApiClient Admin { get; }

    public async ValueTask DisposeAsync()
    {
        foreach (var shop in _shops) await shop.DisposeAsync();
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(Product.LogsSince(_mark));
        GC.SuppressFinalize(this);
    }

    private async Task<Shop> OpenShopAsync()
    {
        var shop = await Shop.OpenAsync(Product);
        _shops.Add(shop);
        return shop;
    }
}

/// <summary>In one process, which dies as a whole.</summary>
public abstract class OneProcessFlows(IProduct product) : FlowSuite(product)
{
    [Fact]
    public Task Each_line_of_the_document_on_sending_does_what_it_says() => EachLineOfTheDocumentOnSendingDoesWhatItSaysAsync();

    [Fact]
    [InEveryForm]
    public Task A_process_that_is_killed_half_way_loses_nothing_does_nothing_twice_and_goes_on() =>
        OneThatIsKilledHalfWayLosesNothingAndDoesNothingTwiceAsync("ingress", "store", "sender", "crm-forwarder");

    /// <summary>With a kill of its own: nothing else may keep what was posted from being recorded.</summary>
    [Fact]
    [InEveryForm]
    public Task A_replay_whose_process_is_killed_half_way_goes_on_and_doubles_only_what_was_under_way() =>
        AReplayWhoseProcessIsKilledHalfWayGoesOnAsync(Product.ProcessOf("crm-forwarder"));
}

/// <summary>In a process for each service, of which each may die alone.</summary>
public abstract class ServiceFlows(IProduct product) : FlowSuite(product)
{
    [Theory]
    [InEveryForm]
    [InlineData("ingress")]
    [InlineData("store")]
    [InlineData("sender")]
    [InlineData("crm-forwarder")]
    public Task A_service_that_is_killed_half_way_loses_nothing_does_nothing_twice_and_goes_on(string service) =>
        OneThatIsKilledHalfWayLosesNothingAndDoesNothingTwiceAsync(service);

    [Theory]
    [InEveryForm]
    [InlineData("store")]
    [InlineData("crm-forwarder")]
    public Task A_replay_of_which_a_service_is_killed_half_way_goes_on_and_doubles_only_what_was_under_way(string service) =>
        AReplayWhoseProcessIsKilledHalfWayGoesOnAsync(Product.ProcessOf(service));
}

/// <summary>The suite in one process: SQLite, no broker.</summary>
[BeginsEarly]
public sealed class StandaloneFlows(MirroredStandaloneProduct product)
    : OneProcessFlows(product), IClassFixture<MirroredStandaloneProduct>
{
    [Fact]
    public Task The_typescript_client_does_with_the_product_what_its_calls_say() =>
        TheTypescriptClientDoesWithTheProductWhatItsCallsSayAsync();

    [Theory]
    [InlineData("csharp")]
    [InlineData("node")]
    [InlineData("python")]
    public Task Whoever_follows_the_guide_to_a_crm_receives_answers_and_catches_up(string language) =>
        WhoeverFollowsTheGuideToACrmReceivesAnswersAndCatchesUpAsync(language);
}

/// <summary>The suite in one process on MariaDB.</summary>
[BeginsEarly]
[Between]
public sealed class MariaDbFlows(MirroredMariaDbProduct product) : OneProcessFlows(product), IClassFixture<MirroredMariaDbProduct>;

/// <summary>The suite in five processes on RabbitMQ.</summary>
[BeginsEarly]
[Between]
public sealed class SplitFlows(MirroredSplitProduct product) : ServiceFlows(product), IClassFixture<MirroredSplitProduct>;

/// <summary>The suite in two processes of each service on RabbitMQ and MariaDB.</summary>
[BeginsEarly]
public sealed class DoubledFlows(MirroredDoubledProduct product) : ServiceFlows(product), IClassFixture<MirroredDoubledProduct>;
