using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Faults;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// Sends whose fate the caller cannot know, because the answer was lost or says nothing: none may reach a customer twice, and hardly any
/// may stay unknown. Runs beside other tests: it measures no time, and waits for most of its own.
/// </summary>
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class AmbiguousSendTests : IAsyncLifetime
{
    private const int Seed = 7;
    private const int Writers = 20;
    private static readonly int Sends = Figures.Setting("INSTAMESSENGER_SENDS", 300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly StandaloneProduct _product = new();
    private readonly TcpDoor _graph;

    public AmbiguousSendTests()
    {
        _graph = new TcpDoor(() => _product.Simulator.BaseAddress.Port);
        _product.Extra["Sender__CallTimeout"] = "00:00:02";
        _product.Extra["Instagram__GraphBaseUrl"] = $"http://127.0.0.1:{_graph.Port}/";
    }

    public ValueTask InitializeAsync()
    {
        _graph.Open();
        return _product.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _product.DisposeAsync();
        _graph.Dispose();
    }

    [Fact]
    public async Task No_fault_makes_a_message_go_out_twice_and_the_echo_settles_what_is_unknown()
    {
        await using var shop = await Shop.OpenAsync(_product);
        var meta = shop.Meta;
        meta.Webhooks.RedeliverySchedule = [.. Enumerable.Repeat(TimeSpan.FromSeconds(0.5), 240)];
        var customers = new List<Customer>();
        for (var n = 0; n < Writers; n++) customers.Add(await shop.NewWriterAsync());
        foreach (var fault in FaultsOf(Sends)) meta.SendFaults.Next(fault, account: shop.InstagramId);

        var accidents = AccidentsAsync(shop);
        var texts = Enumerable.Range(0, Sends).Select(n => $"out {n}").ToList();
        var ids = await Task.WhenAll(texts.Select(async (text, n) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(n / 30.0), TimeProvider.System);
            return await shop.SendUntilTakenAsync(customers[n % Writers].Igsid, text);
        }));
        await accidents;
        var store = new StoreRows(_product, shop);
        await Until.TrueAsync(() => store.Unsettled() == 0, Patience, () => $"{store.Unsettled()} sends are not settled");
        await Until.TrueAsync(
            () => meta.Webhooks.Undelivered == 0, Patience, () => $"{meta.Webhooks.Undelivered} echoes are not delivered");
        var accepted = texts.Where((text, n) => meta.AcceptedCount(customers[n % Writers].Igsid, text) > 0).ToHashSet();
        await Until.TrueAsync(
            () => store.Outbound().Count(IsSent) >= accepted.Count,
            TimeSpan.FromSeconds(20),
            () => "not all were settled by their echoes").ContinueWith(_ => { }, TaskScheduler.Default);

        var rows = store.Outbound();
        var blind = meta.Sends.All.Where(send => send.Account == shop.InstagramId && send.Answer != "ok").ToList();
        var found = blind.Count(send => rows.Any(row => row.Text == send.Text && IsSent(row)));
        var unknown = rows.Where(row => row.Status == "Unknown").ToList();
        var calls = meta.Calls.All.Count(
            call => call.Account == shop.InstagramId && call.Path.EndsWith("/messages", StringComparison.Ordinal));
        var twice = meta.AcceptedMoreThanOnce.Count;
        Figures.Print($"R7: {Sends} sends, {calls} calls that arrived, {accepted.Count} accepted, {twice} twice; {blind.Count} accepted "
            + $"with their answer lost, {found} of them found by the echo; {unknown.Count} unknown, none of them accepted");
        Figures.Print("R7: " + string.Join(", ", blind.CountBy(send => send.Answer).Select(pair => $"{pair.Key}: {pair.Value}")));

        twice.ShouldBe(0);
        rows.Count.ShouldBe(Sends, "an echo became a message of its own");
        ids.Distinct().Count().ShouldBe(Sends);
        rows.Count(IsSent).ShouldBe(accepted.Count);
        unknown.ShouldAllBe(row => !accepted.Contains(row.Text!));
        (unknown.Count + accepted.Count).ShouldBe(Sends, "what certainly failed was not tried again");
        found.ShouldBeGreaterThanOrEqualTo((int)Math.Ceiling(blind.Count * 0.99));

        await OnlyAPersonSettlesAsync(shop, unknown);
    }

    /// <summary>Without an echo nobody knows: it stays so through a restart, until an operator decides.</summary>
    private async Task OnlyAPersonSettlesAsync(Shop shop, List<StoredMessage> unknown)
    {
        shop.Meta.SendFaults.Clear();
        unknown.Count.ShouldBeGreaterThanOrEqualTo(2);
        await _product.StopAsync("standalone");
        await _product.StartAsync("standalone");
        foreach (var row in unknown) (await shop.MessageAsync(row.Id)).Text("status").ShouldBe("unknown");
        var (givenUp, again) = (unknown[0].Id, unknown[1].Id);
        await using var events = await shop.Api.ListenAsync(null);

        (await shop.Api.PostAsync($"/api/v1/sends/{givenUp}/settle", new { outcome = "failed" })).Expect(200);
        (await shop.Api.PostAsync($"/api/v1/sends/{again}/settle", new { outcome = "resend" })).Expect(200);

        await events.WaitForAsync(
            tapped => tapped.Event.Text("data.message.id") == givenUp && tapped.Event.Text("data.message.status") == "failed");
        await events.WaitForAsync("message.sent", "data.message.id", again);
        shop.Meta.Sends.All.Count(send => send.Text == unknown[0].Text).ShouldBe(0);
        shop.Meta.Sends.All.Count(send => send.Text == unknown[1].Text).ShouldBe(1);
        (await shop.Api.PostAsync($"/api/v1/sends/{givenUp}/settle", new { outcome = "resend" })).ExpectProblem(409, "not_unknown");
    }

    /// <summary>One kill in the middle, and later a Graph API that cannot be reached.</summary>
    private async Task AccidentsAsync(Shop shop)
    {
        await shop.Meta.Sends.WaitForAsync(send => send.Account == shop.InstagramId, Sends / 4, Patience);
        await _product.KillAsync("standalone");
        await _product.StartAsync("standalone");
        await shop.Meta.Sends.WaitForAsync(send => send.Account == shop.InstagramId, Sends / 2, Patience);
        _graph.Shut();
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        _graph.Open();
    }

    /// <summary>Two of three calls go wrong with the message accepted; some before it was, of which a part says so.</summary>
    private static Fault[] FaultsOf(int sends)
    {
        (Fault Fault, int PerHundred)[] shares =
        [
            (
                Fault.Hang(accepted: true),
                10), (Fault.Reset(accepted: true), 13), (Fault.ServerError(accepted: true), 13), (Fault.Garbage(accepted: true), 7),
            (
                Fault.Presets["unknown_accepted"],
                10), (Fault.Presets["sent_but_invalid_json"], 3), (Fault.Presets["service_down_accepted"], 10),
            (Fault.Hang(accepted: false), 1), (Fault.Reset(accepted: false), 2), (Fault.ServerError(accepted: false), 2),
            (Fault.RateLimit(regainMinutes: 0), 1), (Fault.Error(1200, status: 500), 6), (Fault.Error(-1, status: 500), 4),
        ];
        Fault[] faults = [.. shares.SelectMany(share => Enumerable.Repeat(share.Fault, sends * share.PerHundred / 100))];
        new Random(Seed).Shuffle(faults);
        return faults;
    }

    private static bool IsSent(StoredMessage row) => row.Status == "Sent";
}
