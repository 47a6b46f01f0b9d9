using System.Globalization;

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

    /// <summary>How much later than that the other may have it on a busy machine.</summary>
    private static readonly TimeSpan TakenOver = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Where it stands who has a service's work in hand: the relay of the log, the account of the newest sends, the endpoint of the newest
    /// events.
    /// </summary>
    private static readonly Dictionary<string, (string Database, string Owner)> Holders = new()
    {
        ["store"] = ("Store", "SELECT owner FROM leases WHERE name = 'store.events'"),
        ["sender"] = ("Sender", "SELECT owner FROM accounts ORDER BY owned_until DESC LIMIT 1"),
        ["crm-forwarder"] = ("CrmForwarder", "SELECT owner FROM endpoint_claims WHERE endpoint_id = "
            + "(SELECT endpoint_id FROM deliveries ORDER BY id DESC LIMIT 1)"),
    };

    [Fact]
    public async Task Undisturbed_nothing_is_done_twice()
    {
        var (traffic, reckoning) = await UnderLoad.RunAsync(
            product, "R13 undisturbed", () => Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System));

        reckoning.ShouldBeWhole(mostExtraPosts: 0);
        // Not where one of them stops: what is in the journal of its ingress waits there, while the contact writes to the other one.
        reckoning.OutOfOrderInLog.ShouldBe(0);
        reckoning.Unknown.ShouldBe(0);
        traffic.NotTaken.ShouldBeEmpty();
        traffic.Refused.ShouldBeEmpty();
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

    /// <summary>Together, as when a machine stops: of each service the one that has the work in hand.</summary>
    [Theory]
    [InlineData("ingress", "sender", "crm-forwarder")]
    [InlineData("store", "ui-gateway")]
    public async Task Those_that_are_frozen_past_their_leases_do_nothing_again_when_they_thaw(params string[] services)
    {
        var (_, reckoning) = await UnderLoad.RunAsync(product, $"R13 frozen: {string.Join(", ", services)}", async () =>
        {
            var victims = await Task.WhenAll(services.Select(HolderAsync));
            await Task.WhenAll(victims.Select(product.FreezeAsync));
            await Task.Delay(Frozen, TimeProvider.System);
            foreach (var (service, victim) in services.Zip(victims).Where(pair => Holders.ContainsKey(pair.First)))
            {
                await Until.TrueAsync(
                    async () => await HolderAsync(service) != victim, TakenOver, () => $"{victim} is frozen, and nobody has its work");
            }

            await Task.WhenAll(victims.Select(product.ThawAsync));
            await Task.Delay(UnderLoad.Between, TimeProvider.System);
        });

        reckoning.ShouldBeWhole(UnderLoad.InFlight);
    }

    /// <summary>The process of a service that has its work in hand; of a service whose processes all work side by side, any.</summary>
    private async Task<string> HolderAsync(string service)
    {
        if (!Holders.TryGetValue(service, out var holder)) return product.ProcessOf(service);
        await using var connection = product.DatabaseConnection(holder.Database);
        await connection.OpenAsync();
        await using var select = connection.CreateCommand();
        select.CommandText = holder.Owner;
        var owner = ((string)(await select.ExecuteScalarAsync())!).Split('/', ':');
        return product.Processes.Single(process => owner.Contains(product.IdOf(process).ToString(CultureInfo.InvariantCulture)));
    }
}
