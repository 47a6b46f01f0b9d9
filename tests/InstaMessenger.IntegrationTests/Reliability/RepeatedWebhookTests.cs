using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>Meta repeats webhooks, bundles them and keeps no order.</summary>
public abstract class RepeatedWebhookSuite(ProductBase product)
{
    private const int Seed = 4;
    private const int Writers = 10;
    private const int Messages = 1_500;

    [Fact]
    [Trait(ReliabilityCollection.Trait, "Reliability")]
    public async Task An_event_that_comes_three_times_shuffled_and_in_batches_is_one_row_and_one_id()
    {
        await using var shop = await Shop.OpenAsync(product);
        Customer[] customers = [.. Enumerable.Range(0, Writers).Select(_ => shop.NewCustomer())];
        var begin = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
        var items = Enumerable.Range(0, Messages).Select(n =>
            MetaPayloads.Text(
                shop.InstagramId,
                customers[n % Writers].Igsid,
                $"{shop.InstagramId}.{n}",
                $"in {n}",
                begin + TimeSpan.FromMilliseconds(n))).ToArray();
        new Random(Seed).Shuffle(items);

        // Two copies in large batches and one in small ones, so that the same event comes in different company.
        var posts = await Task.WhenAll(
            shop.Meta.Webhooks.DeliverAsync(
                shop.InstagramId, items, new DeliveryPattern { BatchSize = 100, Copies = 2, ShuffleSeed = Seed, Parallel = 2 }),
            shop.Meta.Webhooks.DeliverAsync(
                shop.InstagramId, items, new DeliveryPattern { BatchSize = 7, ShuffleSeed = Seed + 1, Parallel = 2 }));
        posts.SelectMany(attempts => attempts).ShouldAllBe(attempt => attempt.Delivered);
        await CrmLedger.WaitAsync(shop.Crm, Messages, TimeSpan.FromMinutes(2));
        // Behind all the copies, so that one that became a second event would be there before it.
        await shop.Meta.Webhooks.DeliverAsync(
            shop.InstagramId,
            [MetaPayloads.Text(
                shop.InstagramId, customers[0].Igsid, $"{shop.InstagramId}.marker", "marker", TimeProvider.System.GetUtcNow())],
            new DeliveryPattern());
        var crm = await CrmLedger.WaitAsync(shop.Crm, Messages + 1, TimeSpan.FromMinutes(1));

        var rows = new StoreRows(product, shop).Inbound();
        Figures.Print($"R4: {Messages} events, each in 3 posts of {posts.Sum(attempts => attempts.Count)}: {rows.Count - 1} rows, "
            + $"{crm.Doubled.Count} events under two ids, {crm.Extra} extra transmissions");
        rows.Count.ShouldBe(Messages + 1);
        rows.Select(row => row.Mid).ShouldBeUnique();
        crm.Doubled.ShouldBeEmpty();
        crm.Missing(Enumerable.Range(0, Messages).Select(n => $"in {n}")).ShouldBeEmpty();
        for (var writer = 0; writer < Writers; writer++)
        {
            var thread = (await shop.ThreadAsync(customers[writer])).Select(message => message.Text("text")).Where(text => text != "marker")
                .Reverse();
            thread.ShouldBe(
                Enumerable.Range(0, Messages).Where(n => n % Writers == writer).Select(n => $"in {n}"),
                "a thread is in the order of Meta's timestamps");
        }
    }
}

/// <inheritdoc/>
public sealed class RepeatedWebhookTests(StandaloneProduct product) : RepeatedWebhookSuite(product), IClassFixture<StandaloneProduct>;

/// <inheritdoc/>
public sealed class DoubledRepeatedWebhookTests(DoubledProduct product) : RepeatedWebhookSuite(product), IClassFixture<DoubledProduct>;
