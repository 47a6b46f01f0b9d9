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
        var (_, reckoning) = await UnderLoadAsync("R1 killed", async () =>
        {
            foreach (var pair in Pairs())
            {
                await Task.WhenAll(pair.Select(product.KillAsync));
                await Task.Delay(Between, TimeProvider.System);
                await Task.WhenAll(pair.Select(product.StartAsync));
            }
        });

        reckoning.ShouldBeWhole(InFlight * 2);
    }

    /// <summary>Together, as when a machine stops; once with the store that its neighbours ask, and once without.</summary>
    [Theory]
    [InlineData("ingress", "sender", "crm-forwarder")]
    [InlineData("store", "ui-gateway")]
    public async Task Those_that_are_frozen_past_their_leases_do_nothing_again_when_they_thaw(params string[] services)
    {
        var victims = services.Select(product.ProcessOf).ToList();
        var (_, reckoning) = await UnderLoadAsync($"R13 frozen: {string.Join(", ", services)}", async () =>
        {
            await Task.WhenAll(victims.Select(product.FreezeAsync));
            await Task.Delay(Frozen, TimeProvider.System);
            await Task.WhenAll(victims.Select(product.ThawAsync));
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
            foreach (var pair in Pairs())
            {
                var ended = await Task.WhenAll(pair.Select(EndAsync));
                slowest = ended.Append(slowest).Max();
                await Task.WhenAll(pair.Select(product.StartAsync));
            }
        });
        Figures.Print($"R11: the slowest needed {slowest.TotalSeconds:N1} s to end");

        reckoning.ShouldBeWhole(InFlight);
        traffic.NotTaken.ShouldBeEmpty();
        // SIGTERM has 10 s to drain; the rest is the machine's.
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(12));
    }

    /// <summary>All processes, two of different services at a time: the first of one beside the second of the next.</summary>
    private IEnumerable<string[]> Pairs()
    {
        var services = product.Processes.Select(process => process[..^2]).Distinct().ToList();
        return services.Select((service, n) => new[] { $"{service}-1", $"{services[(n + 1) % services.Count]}-2" });
    }

    private async Task<TimeSpan> EndAsync(string process)
    {
        var clock = Stopwatch.StartNew();
        (await product.StopAsync(process)).ShouldBeTrue($"{process} did not end by itself");
        return clock.Elapsed;
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
