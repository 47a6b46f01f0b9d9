using System.Diagnostics;
using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>A new version goes out: two of each service, restarted in turn under load.</summary>
[Collection(ReliabilityCollection.Name)]
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class RollingRestartTests(DoubledProduct product) : IClassFixture<DoubledProduct>
{
    [Fact]
    public async Task Each_that_is_restarted_in_turn_is_noticed_by_nobody()
    {
        var slowest = TimeSpan.Zero;
        var (traffic, reckoning) = await UnderLoad.RunAsync(product, "R11 restarted in turn", async () =>
        {
            foreach (var pair in UnderLoad.Pairs(product))
            {
                var ended = await Task.WhenAll(pair.Select(EndAsync));
                slowest = ended.Append(slowest).Max();
                await Task.WhenAll(pair.Select(product.StartAsync));
            }
        });
        Figures.Print($"R11: the slowest needed {slowest.TotalSeconds:N1} s to end");

        reckoning.ShouldBeWhole(UnderLoad.InFlight);
        traffic.NotTaken.ShouldBeEmpty();
        // SIGTERM has 10 s to drain; the rest is the machine's.
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(12));
    }

    private async Task<TimeSpan> EndAsync(string process)
    {
        var clock = Stopwatch.StartNew();
        (await product.StopAsync(process)).ShouldBeTrue($"{process} did not end by itself");
        return clock.Elapsed;
    }
}
