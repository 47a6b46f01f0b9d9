using System.Diagnostics;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>A new version goes out: two of each service, restarted in turn under load.</summary>
[Collection(DoubledReliabilityCollection.Name)]
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class RollingRestartTests(OwnDoubledProduct product)
{
    [Fact]
    public async Task Each_that_is_restarted_in_turn_is_noticed_by_nobody()
    {
        var ends = new List<(TimeSpan Took, string Process)>();
        var (traffic, reckoning) = await UnderLoad.RunAsync(product, "R11 restarted in turn", async () =>
        {
            foreach (var pair in UnderLoad.Pairs(product))
            {
                ends.AddRange(await Task.WhenAll(pair.Select(EndAsync)));
                await Task.WhenAll(pair.Select(product.StartAsync));
            }
        });
        Figures.Print($"R11: to end they needed {string.Join(", ", ends.Select(end => $"{end.Process} {end.Took.TotalSeconds:N1} s"))}");

        reckoning.ShouldBeWhole(UnderLoad.InFlight);
        traffic.Refused.ShouldBeEmpty();
        traffic.NotTaken.ShouldBeEmpty();
        // After SIGTERM a process has 8 s to drain; the rest is the machine's.
        ends.Max().Took.ShouldBeLessThan(TimeSpan.FromSeconds(12));
    }

    private async Task<(TimeSpan Took, string Process)> EndAsync(string process)
    {
        var clock = Stopwatch.StartNew();
        (await product.StopAsync(process)).ShouldBeTrue($"{process} did not end by itself");
        return (clock.Elapsed, process);
    }
}
