using System.Collections.Concurrent;
using System.Diagnostics;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>Bodies that no JSON library should be handed. <c>INSTAMESSENGER_MUTANTS</c> sets how many.</summary>
[Collection(ReliabilityCollection.Name)]
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class HostileWebhookTests(StandaloneProduct product) : IAsyncDisposable
{
    private const int GoodEvery = 200;
    private const int WronglySignedEvery = 5;
    private const int MostMegabytes = 700;
    private static readonly int Mutants = Figures.Setting("INSTAMESSENGER_MUTANTS", 3_000);

    public ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(
                string.Join('\n', product.LogsSince(new Dictionary<string, long>()).Split('\n').Take(20)));
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Garbage_is_refused_or_kept_aside_and_never_in_the_way()
    {
        await using var shop = await Shop.OpenAsync(product);
        var customer = await shop.NewWriterAsync();
        var mutator = new WebhookMutator(shop.InstagramId, shop.NewCustomer().Igsid, TimeProvider.System.GetUtcNow());
        var webhooks = shop.Meta.Webhooks;
        var answers = new ConcurrentDictionary<(bool Signed, string Status), int>();
        var wrong = new ConcurrentQueue<string>();
        var clock = Stopwatch.StartNew();

        await Parallel.ForAsync(0, Mutants, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
        {
            if (number % GoodEvery == 0) await customer.SayAsync($"good {number}");
            var body = mutator.Make(number);
            var signed = number % WronglySignedEvery != 0;
            var signature = signed ? null : number % 2 == 0 ? "" : MetaSignature.Sha256("another secret", body);
            var attempt = await webhooks.DeliverAsync(body, signature);
            var status = attempt.Status?.ToString() ?? attempt.Error!;
            answers.AddOrUpdate((signed, status), 1, (_, count) => count + 1);
            if (signed ? attempt.Status is not (200 or 400 or 413) : attempt.Status != 401) wrong.Enqueue($"{number}: {status}");
        });
        var large = MetaPayloads.Bytes(MetaPayloads.Envelope(
            shop.InstagramId,
            TimeProvider.System.GetUtcNow(),
            MetaPayloads.Text(shop.InstagramId, customer.Igsid, "large", new string('x', 6_000_000), TimeProvider.System.GetUtcNow())));
        var largeStatus = (await webhooks.DeliverAsync(large)).Status;
        var posted = clock.Elapsed;
        await customer.SayAsync("good last");
        await shop.Crm.Deliveries.WaitForAsync(
            delivery => delivery.EventType == "message.received" && delivery.Body!.Contains("\"good last\"", StringComparison.Ordinal),
            timeout: TimeSpan.FromMinutes(2));
        var arrived = clock.Elapsed - posted;

        var good = Enumerable.Range(0, Mutants).Where(number => number % GoodEvery == 0).Select(number => $"good {number}").ToList();
        var crm = CrmLedger.Of(shop.Crm);
        var dead = await DeadLettersAsync();
        var memory = product.MemoryOf("standalone");
        var told = string.Join(
            ", ",
            answers.OrderBy(pair => pair.Key)
                .Select(pair => $"{(pair.Key.Signed ? "signed" : "unsigned")} {pair.Key.Status}: {pair.Value}"));
        Figures.Print($"R5: {Mutants} mutants in {posted.TotalSeconds:N0} s ({told}); 6 MB: {largeStatus}; a good message arrived "
            + $"{arrived.TotalSeconds:N1} s after the last; {crm.Missing(good).Count} of {good.Count} good ones lost; {dead} dead letters; "
            + $"memory {memory} MiB");

        wrong.ShouldBeEmpty();
        largeStatus.ShouldBe(413);
        crm.Missing(good).ShouldBeEmpty();
        crm.Doubled.ShouldBeEmpty();
        dead.ShouldBe(0, "what cannot be understood belongs into quarantine; a dead letter is a bug of ours");
        memory.ShouldBeLessThan(MostMegabytes);
    }

    private async Task<int> DeadLettersAsync()
    {
        var admin = new ApiClient(product.Door, product.AdminToken);
        var count = 0;
        foreach (var service in new[] { "store", "sender", "crm-forwarder" })
            count += (await admin.GetAsync($"/api/v1/dead-letters/{service}")).Expect(200).Items().Count;

        return count;
    }
}
