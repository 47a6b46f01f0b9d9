namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// Two processes of each service on one broker and one database: undisturbed, killed, and frozen past every lease. None of it may show in
/// what customers and the CRM get. Restarting them is in <see cref="RollingRestartTests"/>.
/// </summary>
[Collection(DoubledReliabilityCollection.Name)]
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class TwoOfEachTests(OwnDoubledProduct product)
{
    /// <summary>Longer than any lease, so that the other process has taken over when it thaws.</summary>
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(Figures.Setting("INSTAMESSENGER_FROZEN", 14));

    [Fact]
    public async Task Undisturbed_nothing_is_done_twice()
    {
        var (_, reckoning) = await UnderLoad.RunAsync(
            product, "R13 undisturbed", () => Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System));

        reckoning.ShouldBeWhole(mostExtraPosts: 0);
        reckoning.Unknown.ShouldBe(0);
    }

    [Fact]
    public async Task Each_that_is_killed_leaves_nothing_undone()
    {
        var (_, reckoning) = await UnderLoad.RunAsync(product, "R1 killed", async () =>
        {
            foreach (var pair in UnderLoad.Pairs(product))
            {
                await Task.WhenAll(pair.Select(product.KillAsync));
                await Task.Delay(UnderLoad.Between, TimeProvider.System);
                await Task.WhenAll(pair.Select(product.StartAsync));
            }
        });

        reckoning.ShouldBeWhole(UnderLoad.InFlight * 2);
    }

    /// <summary>Together, as when a machine stops; once with the store that its neighbours ask, and once without.</summary>
    [Theory]
    [InlineData("ingress", "sender", "crm-forwarder")]
    [InlineData("store", "ui-gateway")]
    public async Task Those_that_are_frozen_past_their_leases_do_nothing_again_when_they_thaw(params string[] services)
    {
        var victims = services.Select(product.ProcessOf).ToList();
        var (_, reckoning) = await UnderLoad.RunAsync(product, $"R13 frozen: {string.Join(", ", services)}", async () =>
        {
            await Task.WhenAll(victims.Select(product.FreezeAsync));
            await Task.Delay(Frozen, TimeProvider.System);
            await Task.WhenAll(victims.Select(product.ThawAsync));
            await Task.Delay(UnderLoad.Between, TimeProvider.System);
        });

        reckoning.ShouldBeWhole(UnderLoad.InFlight);
    }
}
