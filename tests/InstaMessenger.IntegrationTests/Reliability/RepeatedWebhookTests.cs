using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Crm;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>Meta repeats webhooks, bundles them and keeps no order.</summary>
public abstract class RepeatedWebhookSuite(ProductBase product)
{
    private const int Seed = 4;
    private const int Writers = 10;
    private const int Messages = 600;

    /// <summary>
    /// All that is a message with an id of its own. What the account does as its own customer is in no customer's thread.
    /// </summary>
    private static readonly MetaEvent[] Kinds =
    [
        .. MetaEvent.All.Where(kind => kind.Of is MetaEventOf.Customer or MetaEventOf.Business
            && kind.Name is not ("referral" or "self_message" or "self_postback")),
    ];

    /// <summary>Each customer's thread has one of each kind.</summary>
    private static readonly int Histories = Writers * Kinds.Length;

    private static readonly string[] OurIds = ["msg_", "conv_", "acc_", "att_", "evt_"];

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
        crm.Extra.ShouldBe(0);
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

    /// <summary>Messages of every kind, and what customers and the business do with them later.</summary>
    [Fact]
    [Trait(ReliabilityCollection.Trait, "Reliability")]
    public async Task What_comes_three_times_shuffled_and_in_batches_ends_like_what_comes_once_and_in_order()
    {
        await using var once = await Shop.OpenAsync(product);
        await using var often = await Shop.OpenAsync(product);
        // Files are fetched when there is time for it, which says nothing of the order in which their messages came.
        foreach (var shop in (Shop[])[once, often])
            (await shop.Api.PatchAsync($"/api/v1/accounts/{shop.AccountId}", new { media = new { mode = "link" } })).Expect(200);
        Customer[] theirs = [.. Enumerable.Range(0, Writers).Select(_ => once.NewCustomer())];
        Customer[] ours = [.. Enumerable.Range(0, Writers).Select(_ => often.NewCustomer())];
        var begin = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
        JsonObject[] items = [.. History(often, ours, begin)];
        new Random(Seed).Shuffle(items);

        var posts = await Task.WhenAll(
            once.Meta.Webhooks.DeliverAsync(once.InstagramId, History(once, theirs, begin), new DeliveryPattern { BatchSize = 50 }),
            often.Meta.Webhooks.DeliverAsync(
                often.InstagramId, items, new DeliveryPattern { BatchSize = 100, Copies = 2, ShuffleSeed = Seed, Parallel = 2 }),
            often.Meta.Webhooks.DeliverAsync(
                often.InstagramId, items, new DeliveryPattern { BatchSize = 7, ShuffleSeed = Seed + 1, Parallel = 2 }));
        posts.SelectMany(attempts => attempts).ShouldAllBe(attempt => attempt.Delivered);
        await Task.WhenAll([
            .. theirs.Select(customer => MarkAsync(once, customer)), .. ours.Select(customer => MarkAsync(often, customer)),
        ]);

        var differences = new List<string>();
        for (var writer = 0; writer < Writers; writer++)
        {
            var (expected, actual) = (await SeenAsync(once, theirs[writer]), await SeenAsync(often, ours[writer]));
            actual.Count.ShouldBe(expected.Count);
            differences.AddRange(
                expected.Zip(actual).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First}\nbecame {pair.Second}"));
        }

        var doubled = often.Crm.Deliveries.All.Where(delivery => delivery.EventType is "message.received" or "message.deleted")
            .GroupBy(delivery => (delivery.EventType, Mid: MidOf(delivery)))
            .Count(message => message.Select(delivery => delivery.WebhookId).Distinct().Count() > 1);
        Figures.Print($"R4: {items.Length} items of {Histories} messages of every kind, each in 3 posts: {differences.Count} differences "
            + $"to once and in order, {doubled} events under two ids");
        differences.ShouldBeEmpty();
        doubled.ShouldBe(0);
    }

    /// <summary>In the order in which it happened.</summary>
    private static IEnumerable<JsonObject> History(Shop shop, Customer[] customers, DateTimeOffset begin)
    {
        for (var n = 0; n < Histories; n++)
        {
            var (account, customer, mid) = (shop.InstagramId, customers[n % Writers].Igsid, $"{shop.InstagramId}.{n}");
            var at = begin + TimeSpan.FromSeconds(n);
            var kind = Kinds[n / Writers];
            yield return kind.Item(new MetaScene(account, customer, mid, $"{account}.{n - Writers}", "https://cdn.example/", at));
            if (n % 2 == 0) yield return MetaPayloads.React(account, customer, mid, "love", "\u2764", at.AddMilliseconds(100));
            if (n % 4 == 0) yield return MetaPayloads.React(account, customer, mid, "wow", "\ud83d\ude2e", at.AddMilliseconds(200));
            if (n % 6 == 0) yield return MetaPayloads.Unreact(account, customer, mid, at.AddMilliseconds(300));
            if (kind.Name is "text" or "reply" or "story_reply")
                yield return MetaPayloads.Edit(account, customer, mid, $"edited {n}", 1, at.AddMilliseconds(400));
            if (kind.Of == MetaEventOf.Business) yield return MetaPayloads.Read(account, customer, mid, at.AddMilliseconds(500));
            // Whoever wrote it takes it back; that alone says whose it is when the message never came.
            if (n % 5 == 0) yield return kind.Of == MetaEventOf.Business
                ? MetaPayloads.EchoUnsend(account, customer, mid, at.AddMilliseconds(600))
                : MetaPayloads.Unsend(account, customer, mid, at.AddMilliseconds(600));
        }
    }

    /// <summary>Comes behind everything of this customer's.</summary>
    private static async Task MarkAsync(Shop shop, Customer customer)
    {
        var mid = $"{shop.InstagramId}.{customer.Igsid}.marker";
        await shop.Meta.Webhooks.DeliverAsync(
            shop.InstagramId,
            [MetaPayloads.Text(shop.InstagramId, customer.Igsid, mid, "marker", TimeProvider.System.GetUtcNow())],
            new DeliveryPattern());
        await shop.ReceivedAsync(mid);
    }

    /// <summary>What an agent sees of a thread, without what differs from shop to shop.</summary>
    private static async Task<List<string>> SeenAsync(Shop shop, Customer customer)
    {
        var conversation = await shop.ConversationAsync(customer);
        var messages = (await shop.ThreadAsync(customer)).Where(message => message.Text("text") != "marker").ToList();
        return [$"{conversation["unread_count"]} unread", .. messages.ConvertAll(Seen)];

        string Seen(JsonNode message)
        {
            var copy = message.DeepClone();
            Strip(copy);
            return copy.ToJsonString().Replace(shop.InstagramId, "shop", StringComparison.Ordinal)
                .Replace(customer.Igsid, "customer", StringComparison.Ordinal);
        }
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list) Strip(item);
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
            {
                var isOurs = value is JsonValue text && text.TryGetValue<string>(out var id)
                    && Array.Exists(OurIds, prefix => id.StartsWith(prefix, StringComparison.Ordinal));
                if (isOurs || name == "received_at") members.Remove(name);
                else Strip(value);
            }
        }
    }

    private static string? MidOf(CrmDelivery delivery)
    {
        var data = JsonNode.Parse(delivery.Body!).At("data");
        return data.Text("message.instagram_message_id") ?? data.Text("instagram_message_id");
    }
}

/// <inheritdoc/>
public sealed class RepeatedWebhookTests(StandaloneProduct product) : RepeatedWebhookSuite(product), IClassFixture<StandaloneProduct>;

/// <inheritdoc/>
public sealed class DoubledRepeatedWebhookTests(DoubledProduct product) : RepeatedWebhookSuite(product), IClassFixture<DoubledProduct>;
