using System.Diagnostics;
using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// <c>kill -9</c> again and again under load. <c>INSTAMESSENGER_KILLS</c> sets how often each process dies (the long run: 50),
/// <c>INSTAMESSENGER_RATE</c> the webhooks per second.
/// </summary>
public abstract class KillSuite(ProductBase product)
{
    private const int Seed = 1;
    private const int Writers = 10;
    private const int SendsPerSecond = 10;
    private static readonly int Kills = Figures.Setting("INSTAMESSENGER_KILLS", 1);
    private static readonly int WebhooksPerSecond = Figures.Setting("INSTAMESSENGER_RATE", 40);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>
    /// How long the product may take to be at work again before the next kill. Without that the two cores would do nothing but start
    /// processes, and each kill would hit one that has not begun.
    /// </summary>
    private static readonly TimeSpan CatchUp = TimeSpan.FromSeconds(5);

    [Fact]
    [Trait(ReliabilityCollection.Trait, "Reliability")]
    public async Task Processes_that_are_killed_again_and_again_lose_nothing_and_send_nothing_twice()
    {
        await using var shop = await Shop.OpenAsync(product);
        var meta = shop.Meta;
        meta.Webhooks.RedeliverySchedule =
            [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), .. Enumerable.Repeat(TimeSpan.FromSeconds(8), 60)];
        var customers = await shop.NewWritersAsync(Writers);

        var clock = Stopwatch.StartNew();
        var killing = KillAllAsync(shop);
        var writing = OpenLoop.RunAsync(WebhooksPerSecond, killing, n => customers[n % Writers].SayAsync($"in {n}"));
        var sending = OpenLoop.RunAsync(SendsPerSecond, killing, n => shop.SendUntilTakenAsync(customers[n % Writers].Igsid, $"out {n}"));
        await killing;
        var killed = clock.Elapsed;
        var (webhooks, sends) = (await writing, await sending);
        await Until.TrueAsync(() => meta.Webhooks.Undelivered == 0, Patience, () => $"{meta.Webhooks.Undelivered} webhooks are not taken");
        meta.Webhooks.Dropped.ShouldBe(0);

        await CrmLedger.WaitAtMostAsync(shop.Crm, Writers + webhooks, Patience);
        var store = new StoreRows(product, shop);
        await Until.TrueAsync(() => store.Unsettled() == 0, Patience, () => $"{store.Unsettled()} sends are not settled");
        var accepted = Enumerable.Range(0, sends).Count(n => meta.AcceptedCount(customers[n % Writers].Igsid, $"out {n}") > 0);
        await Until.TrueAsync(
            () => store.Outbound().Count(row => row.Status == "Sent") == accepted,
            Patience,
            () => "an accepted send was not settled by its echo");
        var drained = clock.Elapsed - killed;

        var crm = CrmLedger.Of(shop.Crm);
        var lost = crm.Missing(Enumerable.Range(0, webhooks).Select(n => $"in {n}"));
        var (inbound, outbound) = (store.Inbound(), store.Outbound());
        var unknown = outbound.Count(row => row.Status == "Unknown");
        var refused = meta.Webhooks.Attempts.All.Count(attempt => !attempt.Delivered);
        Figures.Print($"R1: {Kills} kills of each of {product.Processes.Count} processes in {killed.TotalSeconds:N0} s; {webhooks} "
            + $"webhooks ({refused} posts not answered 200 and repeated), {lost.Count} lost, {crm.Extra} extra transmissions to the CRM, "
            + $"{crm.Doubled.Count} events under two ids; {sends} sends, {meta.AcceptedMoreThanOnce.Count} accepted twice, {unknown} "
            + $"unknown; drained {drained.TotalSeconds:N1} s after the last kill");

        lost.ShouldBeEmpty();
        crm.Doubled.ShouldBeEmpty();
        // Each death of the forwarder may repeat what it had posted and not recorded yet.
        crm.Extra.ShouldBeLessThanOrEqualTo(UnderLoad.InFlight * Kills);
        shop.Crm.Untrusted.ShouldBe(0);
        inbound.Count.ShouldBe(Writers + webhooks);
        inbound.Select(row => row.Mid).ShouldBeUnique();
        meta.AcceptedMoreThanOnce.ShouldBeEmpty();
        outbound.Count.ShouldBe(sends);
        (accepted + unknown).ShouldBe(sends);
    }

    private async Task KillAllAsync(Shop shop)
    {
        var random = new Random(Seed);
        string[] victims = [.. Enumerable.Repeat(product.Processes, Kills).SelectMany(all => all)];
        random.Shuffle(victims);
        for (var dead = 0; dead < victims.Length;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 1_500)), TimeProvider.System);
            // Two or three at once, as when a machine dies; one alone is in the flow suite.
            string[] together = [.. victims.Skip(dead).Take(random.Next(2, 4)).TakeWhile(new HashSet<string>().Add)];
            dead += together.Length;
            await Task.WhenAll(together.Select(product.KillAsync));
            await Task.WhenAll(together.Select(product.StartAsync));
            var taken = shop.Meta.Webhooks.Attempts.All.Count(attempt => attempt.Delivered);
            await CrmLedger.WaitAtMostAsync(shop.Crm, taken, CatchUp);
        }
    }
}

/// <summary>One process: SQLite, no broker.</summary>
[Collection(ReliabilityCollection.Name)]
public sealed class StandaloneKills(StandaloneProduct product) : KillSuite(product);

/// <summary>Five processes on RabbitMQ.</summary>
public sealed class SplitKills(SplitProduct product) : KillSuite(product), IClassFixture<SplitProduct>;
