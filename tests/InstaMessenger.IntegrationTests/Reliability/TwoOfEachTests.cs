using System.Diagnostics;
using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// Two processes of each service on one broker and one database: undisturbed, killed, frozen past every lease, and restarted in turn. None
/// of it may show in what customers and the CRM get. <c>INSTAMESSENGER_RATE</c> sets the webhooks per second.
/// </summary>
[Collection(ReliabilityCollection.Name)]
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class TwoOfEachTests(DoubledProduct product) : IClassFixture<DoubledProduct>
{
    private const int Customers = 20;
    private const double SendsPerSecond = 10;

    /// <summary>Deliveries that a forwarder may have in hand when it dies or is held to be dead.</summary>
    private const int InFlight = 40;

    private static readonly int WebhooksPerSecond = Figures.Setting("INSTAMESSENGER_RATE", 50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Longer than any lease, so that the other process has taken over when it thaws.</summary>
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(Figures.Setting("INSTAMESSENGER_FROZEN", 14));

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Undisturbed_nothing_is_done_twice()
    {
        var (_, reckoning) = await UnderLoadAsync("R13 undisturbed", () => Task.Delay(TimeSpan.FromSeconds(15), TimeProvider.System));

        reckoning.ShouldBeWhole(mostExtraPosts: 0);
        reckoning.Unknown.ShouldBe(0);
    }

    [Fact]
    public async Task Each_that_is_killed_leaves_nothing_undone()
    {
        var victims = product.Processes.ToArray();
        new Random(1).Shuffle(victims);
        var (_, reckoning) = await UnderLoadAsync("R1 killed", async () =>
        {
            foreach (var victim in victims)
            {
                await product.KillAsync(victim);
                await Task.Delay(Between, TimeProvider.System);
                await product.StartAsync(victim);
            }
        });

        reckoning.ShouldBeWhole(InFlight * 2);
    }

    [Theory]
    [InlineData("store")]
    [InlineData("sender")]
    [InlineData("crm-forwarder")]
    [InlineData("ingress")]
    [InlineData("ui-gateway")]
    public async Task One_that_is_frozen_past_its_lease_does_nothing_again_when_it_thaws(string service)
    {
        var victim = product.ProcessOf(service);
        var (_, reckoning) = await UnderLoadAsync($"R13 {service} frozen", async () =>
        {
            await product.FreezeAsync(victim);
            await Task.Delay(Frozen, TimeProvider.System);
            await product.ThawAsync(victim);
            await Task.Delay(Between, TimeProvider.System);
        });

        reckoning.ShouldBeWhole(InFlight);
    }

    [Fact]
    public async Task Each_that_is_restarted_in_turn_is_noticed_by_nobody()
    {
        var slowest = TimeSpan.Zero;
        var (traffic, reckoning) = await UnderLoadAsync("R11 restarted in turn", async () =>
        {
            foreach (var process in product.Processes)
            {
                var clock = Stopwatch.StartNew();
                (await product.StopAsync(process)).ShouldBeTrue($"{process} did not end by itself");
                slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
                await product.StartAsync(process);
            }
        });
        Figures.Print($"R11: the slowest needed {slowest.TotalSeconds:N1} s to end");

        reckoning.ShouldBeWhole(InFlight);
        traffic.NotTaken.ShouldBeEmpty();
        // SIGTERM has 10 s to drain; the rest is the machine's.
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(12));
    }

    private async Task<(Traffic Traffic, Reckoning Reckoning)> UnderLoadAsync(string what, Func<Task> accidentAsync)
    {
        var mark = product.MarkLogs();
        await using var shop = await Shop.OpenAsync(product);
        using var traffic = await Traffic.OpenAsync(shop, Customers, WebhooksPerSecond, SendsPerSecond);
        traffic.Begin();
        await Task.Delay(Between, TimeProvider.System);
        await accidentAsync();
        await traffic.EndAsync(Patience);
        var clock = Stopwatch.StartNew();
        var reckoning = await Reckoning.OfAsync(product, shop, traffic, Patience);
        Figures.Print($"{what}: {traffic.Webhooks} webhooks ({traffic.NotTaken.Count} posts not taken and repeated), {traffic.Sends} "
            + $"sends; {reckoning}; drained {clock.Elapsed.TotalSeconds:N0} s after the end");
        if (reckoning.Lost.Count + reckoning.NotOneMessage.Count > 0)
            TestContext.Current.TestOutputHelper?.WriteLine(product.LogsSince(mark));
        return (traffic, reckoning);
    }
}
