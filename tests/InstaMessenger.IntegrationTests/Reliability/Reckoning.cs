using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>What became of a <see cref="Traffic"/>: each promise of the product as a number that must be 0.</summary>
internal sealed class Reckoning
{
    private static readonly string[] WithDeadLetters = ["store", "sender", "crm-forwarder"];

    private Reckoning()
    {
    }

    public IReadOnlyList<string> Lost { get; private init; } = [];

    /// <summary>Messages whose event came to the CRM under two ids.</summary>
    public IReadOnlyList<string> Doubled { get; private init; } = [];

    /// <summary>Posts of events that the CRM had already.</summary>
    public int ExtraPosts { get; private init; }

    /// <summary>Texts that a customer got more than once.</summary>
    public IReadOnlyList<string> SentTwice { get; private init; } = [];

    /// <summary>Sends that became two messages, or none.</summary>
    public IReadOnlyList<string> NotOneMessage { get; private init; } = [];

    /// <summary>Sends whose end nobody knows: neither at Meta nor refused by it.</summary>
    public int Unknown { get; private init; }

    public int NeverSent { get; private init; }

    /// <summary>Numbers that are missing between the first and the last of the event log.</summary>
    public IReadOnlyList<long> Gaps { get; private init; } = [];

    /// <summary>Messages that stand in the log before one that their contact wrote earlier.</summary>
    public int OutOfOrderInLog { get; private init; }

    /// <summary>First posts that came after one of a later event of their conversation.</summary>
    public int OutOfOrderAtCrm { get; private init; }

    public int OutOfOrderAtMeta { get; private init; }

    public IReadOnlyList<string> DeadLetters { get; private init; } = [];

    /// <summary>Waits until all is where it belongs, for as long as that may take, and takes stock.</summary>
    public static async Task<Reckoning> OfAsync(ProductBase product, Shop shop, Traffic traffic, TimeSpan atMost)
    {
        var texts = traffic.Said.Values.SelectMany(said => said).ToList();
        await CrmLedger.WaitAtMostAsync(shop.Crm, traffic.Said.Count + texts.Count, atMost);
        var store = new StoreRows(product, shop);
        await AtMostAsync(() => store.Unsettled() == 0, atMost);
        await AtMostAsync(() => store.Outbound().Count(row => row.Status == "Sent") >= Accepted(), TimeSpan.FromSeconds(20));
        var deadLetters = new List<string>();
        // Those whose cause was not the item replay themselves.
        await AtMostAsync(async () => (deadLetters = await DeadLettersAsync(product)).Count == 0, TimeSpan.FromSeconds(60));

        var (crm, rows) = (CrmLedger.Of(shop.Crm), store.Outbound());
        var sequences = await SequencesAsync(product);
        var sent = traffic.Sent.SelectMany(pair => pair.Value.Select(text => (Customer: pair.Key, Text: text))).ToList();
        return new Reckoning
        {
            Lost = crm.Missing(texts),
            Doubled = crm.Doubled,
            ExtraPosts = crm.Extra,
            SentTwice = [.. sent.Where(send => shop.Meta.AcceptedCount(send.Customer.Igsid, send.Text) > 1).Select(send => send.Text)],
            NotOneMessage =
            [
                .. sent.Select(send => send.Text).Where(text => rows.Count(row => row.Text == text) != 1),
                .. rows.Where(row => !sent.Exists(send => send.Text == row.Text)).Select(row => row.Text!),
            ],
            Unknown = rows.Count(row => row.Status == "Unknown"),
            NeverSent = sent.Count - Accepted(),
            Gaps = [.. Enumerable.Range(0, (int)(sequences[^1] - sequences[0])).Select(n => sequences[0] + n).Except(sequences)],
            OutOfOrderInLog = traffic.Said.Sum(said => Inversions(said.Value, TextsInLog(shop, said.Key))),
            OutOfOrderAtCrm = OutOfOrder(shop),
            OutOfOrderAtMeta = traffic.Sent.Sum(pair => Inversions(
                pair.Value, [.. shop.Meta.Sends.All.Where(send => send.Recipient == pair.Key.Igsid).Select(send => send.Text!)])),
            DeadLetters = deadLetters,
        };

        int Accepted() => traffic.Sent.Sum(pair => pair.Value.Count(text => shop.Meta.AcceptedCount(pair.Key.Igsid, text) > 0));
    }

    public override string ToString() =>
        $"{Lost.Count} lost, {Doubled.Count} events under two ids, {ExtraPosts} extra posts to the CRM, {SentTwice.Count} sent twice, "
            + $"{NotOneMessage.Count} keys that are not one message, {NeverSent} never sent, {Unknown} unknown, {Gaps.Count} gaps, "
            + $"out of order {OutOfOrderInLog} in the log, {OutOfOrderAtCrm} at the CRM, {OutOfOrderAtMeta} at Meta; "
            + $"{DeadLetters.Count} dead letters";

    /// <summary>What is promised whatever is broken.</summary>
    /// <param name="mostExtraPosts">What was in flight at the accidents.</param>
    public void ShouldBeWhole(int mostExtraPosts) => this.ShouldSatisfyAllConditions(
        () => Lost.ShouldBeEmpty("lost"),
        () => Doubled.ShouldBeEmpty("two ids"),
        () => SentTwice.ShouldBeEmpty("sent twice"),
        () => NotOneMessage.ShouldBeEmpty("an idempotency key with no message or two"),
        () => (NeverSent - Unknown).ShouldBeLessThanOrEqualTo(0, "neither sent nor unknown"),
        () => Gaps.ShouldBeEmpty("gaps in the sequence"),
        () => OutOfOrderAtCrm.ShouldBe(0, "out of order at the CRM"),
        () => OutOfOrderAtMeta.ShouldBe(0, "out of order at Meta"),
        () => DeadLetters.ShouldBeEmpty("dead letters that nobody replays"),
        () => ExtraPosts.ShouldBeLessThanOrEqualTo(mostExtraPosts, "extra posts"));

    private static Task AtMostAsync(Func<bool> isTrue, TimeSpan atMost) => AtMostAsync(() => Task.FromResult(isTrue()), atMost);

    private static async Task AtMostAsync(Func<Task<bool>> isTrueAsync, TimeSpan atMost)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (clock.Elapsed < atMost && !await isTrueAsync()) await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
    }

    private static async Task<List<string>> DeadLettersAsync(ProductBase product)
    {
        var admin = new ApiClient(product.Door, product.AdminToken);
        var letters = new List<string>();
        foreach (var service in WithDeadLetters)
        {
            letters.AddRange((await admin.GetAsync($"/api/v1/dead-letters/{service}")).Expect(200).Items()
                .Select(letter => $"{service}: {letter.ToJsonString()}"));
        }

        return letters;
    }

    /// <summary>The numbers of all events of all accounts.</summary>
    private static async Task<List<long>> SequencesAsync(ProductBase product)
    {
        var (admin, sequences) = (new ApiClient(product.Door, product.AdminToken), new List<long>());
        while (true)
        {
            var page = (await admin.GetAsync($"/api/v1/events?after={(sequences.Count == 0 ? 0 : sequences[^1])}&limit=200")).Expect(200)
                .Items();
            if (page.Count == 0) return sequences;
            sequences.AddRange(page.Select(item => item["sequence"]!.GetValue<long>()));
        }
    }

    /// <summary>By the numbers of the events that the CRM got.</summary>
    private static List<string> TextsInLog(Shop shop, Customer customer) =>
        [.. shop.Crm.Deliveries.All.Where(delivery => delivery is { EventType: "message.received", Attempt: 1 })
            .OrderBy(delivery => delivery.Sequence)
            .Select(delivery => JsonNode.Parse(delivery.Body!))
            .Where(body => body.Text("data.contact.id") == customer.Igsid)
            .Select(body => body.Text("data.message.text") ?? "")];

    private static int OutOfOrder(Shop shop) => shop.Crm.Deliveries.All
        .Where(delivery => delivery.Attempt == 1)
        .GroupBy(delivery => JsonNode.Parse(delivery.Body!).Text("conversation_id"))
        .Where(conversation => conversation.Key is not null)
        .Sum(conversation => Inversions([.. conversation.Select(delivery => delivery.Sequence!.Value)]));

    private static int Inversions(List<string> inOrder, IReadOnlyList<string> seen)
    {
        var places = inOrder.Select((text, place) => (text, place))
            .ToDictionary(pair => pair.text, pair => (long)pair.place, StringComparer.Ordinal);
        return Inversions([.. seen.Where(places.ContainsKey).Select(text => places[text])]);
    }

    /// <summary>How many come after a larger one.</summary>
    private static int Inversions(List<long> numbers)
    {
        var (count, highest) = (0, long.MinValue);
        foreach (var number in numbers)
        {
            if (number < highest) count++;
            highest = Math.Max(highest, number);
        }

        return count;
    }
}
