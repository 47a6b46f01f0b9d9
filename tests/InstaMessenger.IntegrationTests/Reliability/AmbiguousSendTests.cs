using System.Globalization;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// Sends whose fate the caller cannot know, because the answer was lost or says nothing: none may reach a customer twice, none may be lost
/// or called what it is not, and hardly any may stay unknown. <c>INSTAMESSENGER_SENDS</c> sets how many there are (the long run: 1,000).
/// Runs beside other tests: it measures no time, and waits for most of its own.
/// </summary>
[Trait(ReliabilityCollection.Trait, "Reliability")]
[BeginsEarly]
public sealed class AmbiguousSendTests : IAsyncLifetime
{
    private const int Seed = 7;
    private const int Writers = 100;
    private static readonly int Sends = Figures.Setting("INSTAMESSENGER_SENDS", 300);
    // Every fault of the plan is met by the first calls, one at a time once Meta has limited the account.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(Math.Max(120, Sends / 2.0));

    private readonly StandaloneProduct _product = new();
    private readonly TcpDoor _graph;
    private int _echoesLost;

    public AmbiguousSendTests()
    {
        _graph = new TcpDoor(() => _product.Simulator.BaseAddress.Port);
        _product.Extra["Sender__CallTimeout"] = "00:00:02";
        _product.Extra["Sender__ReadBackAfterSeconds"] = "2";
        _product.Extra["Sender__AbsentAfterSeconds"] = "6";
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
    public async Task No_fault_makes_a_message_go_out_twice_and_what_is_unknown_is_settled_by_the_echo_or_by_the_conversation()
    {
        await using var shop = await Shop.OpenAsync(_product);
        var meta = shop.Meta;
        meta.Webhooks.RedeliverySchedule = [.. Enumerable.Repeat(TimeSpan.FromSeconds(0.5), 240)];
        var customers = await shop.NewWritersAsync(Writers);
        foreach (var fault in FaultsOf(Sends)) meta.SendFaults.Next(fault, account: shop.InstagramId);
        // Every tenth look into a conversation fails.
        meta.OtherFaults.Chance(Fault.ServerError(accepted: false), 0.1, Seed, shop.InstagramId);

        var accidents = AccidentsAsync(shop);
        var texts = Enumerable.Range(0, Sends).Select(n => $"out {n}").ToList();
        var ids = await Task.WhenAll(texts.Select(async (text, n) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(n / 50.0), TimeProvider.System);
            return await shop.SendUntilTakenAsync(customers[n % Writers].Igsid, text);
        }));
        await accidents;
        var store = new StoreRows(_product, shop);
        await Until.TrueAsync(() => store.Unsettled() == 0, Patience, () => $"{store.Unsettled()} sends are not settled");
        await Until.TrueAsync(
            () => meta.Webhooks.Undelivered == 0, Patience, () => $"{meta.Webhooks.Undelivered} echoes are not delivered");
        await Until.TrueAsync(() => Sought() == 0, Patience, () => $"{Sought()} unknown sends are still looked for");
        await Until.TrueAsync(
            () => store.Outbound().Count(row => row.Status == "Unknown") == LeftToPeople(), Patience, () => Difference(store));

        var rows = store.Outbound();
        var accepted = texts.Where((text, n) => meta.AcceptedCount(customers[n % Writers].Igsid, text) > 0).ToHashSet();
        var blind = meta.Sends.All.Where(send => send.Account == shop.InstagramId && send.Answer != "ok").ToList();
        var found = blind.Count(send => rows.Any(row => row.Text == send.Text && IsSent(row)));
        var (unknown, failed) = (rows.Where(row => row.Status == "Unknown").ToList(), rows.Where(row => row.Status == "Failed").ToList());
        var calls = meta.Calls.All.Where(call => call.Account == shop.InstagramId).ToList();
        var looks = calls.FindAll(call => call.Path.EndsWith("/conversations", StringComparison.Ordinal));
        var twice = meta.AcceptedMoreThanOnce.Count;
        Figures.Print($"R7: {Sends} sends, {calls.Count - looks.Count} calls that arrived, {accepted.Count} accepted, {twice} twice; "
            + $"{blind.Count} accepted with their answer lost, {_echoesLost} of them without an echo, {found} of them found; "
            + $"{looks.Count} looks into conversations, {looks.Count(look => look.Status != 200)} of them failed; "
            + $"{failed.Count} not delivered and reported so; a person must decide {unknown.Count}");
        Figures.Print("R7: " + string.Join(", ", blind.CountBy(send => send.Answer).Select(pair => $"{pair.Key}: {pair.Value}")));

        twice.ShouldBe(0);
        rows.Count.ShouldBe(Sends, "an echo became a message of its own");
        ids.Distinct().Count().ShouldBe(Sends);
        rows.Where(IsSent).ShouldAllBe(row => accepted.Contains(row.Text!));
        failed.ShouldAllBe(row => !accepted.Contains(row.Text!));
        failed.ShouldAllBe(row => row.Error == "not_delivered");
        (rows.Count(IsSent) + failed.Count + unknown.Count).ShouldBe(Sends, "what certainly failed was not tried again");
        found.ShouldBeGreaterThanOrEqualTo((int)Math.Ceiling(blind.Count * 0.99));
        unknown.Count.ShouldBeLessThanOrEqualTo(Sends / 100);

        await OnlyAPersonSettlesAsync(shop, customers);
    }

    /// <summary>
    /// Customers talk on, so that the conversation can no longer show what became of a send: it stays unknown through a restart, until an
    /// operator decides.
    /// </summary>
    private async Task OnlyAPersonSettlesAsync(Shop shop, Customer[] customers)
    {
        shop.Meta.SendFaults.Clear();
        shop.Meta.OtherFaults.Clear();
        var before = LeftToPeople();
        var ids = new List<string>();
        foreach (var (text, customer) in ((string[])["given up", "made again"]).Zip(customers))
        {
            shop.Meta.SendFaults.Next(Fault.Reset(accepted: false), account: shop.InstagramId);
            ids.Add(await shop.SendUntilTakenAsync(customer.Igsid, text));
            await Until.TrueAsync(
                async () => (await shop.MessageAsync(ids[^1])).Text("status") == "unknown", Patience, () => "the answer came after all");
            for (var n = 0; n < 25; n++) await customer.SayAsync($"and {n}");
        }

        await Until.TrueAsync(() => LeftToPeople() == before + 2, Patience, () => "the two are still looked for");
        await _product.StopAsync("standalone");
        await _product.StartAsync("standalone");
        foreach (var id in ids) (await shop.MessageAsync(id)).Text("status").ShouldBe("unknown");
        var (givenUp, again) = (ids[0], ids[1]);
        await using var events = await shop.Api.ListenAsync(null);

        (await shop.Api.PostAsync($"/api/v1/sends/{givenUp}/settle", new { outcome = "failed" })).Expect(200);
        (await shop.Api.PostAsync($"/api/v1/sends/{again}/settle", new { outcome = "resend" })).Expect(200);

        await events.WaitForAsync(
            tapped => tapped.Event.Text("data.message.id") == givenUp && tapped.Event.Text("data.message.status") == "failed");
        await events.WaitForAsync("message.sent", "data.message.id", again);
        shop.Meta.Sends.All.Count(send => send.Text == "given up").ShouldBe(0);
        shop.Meta.Sends.All.Count(send => send.Text == "made again").ShouldBe(1);
        (await shop.Api.PostAsync($"/api/v1/sends/{givenUp}/settle", new { outcome = "resend" })).ExpectProblem(409, "not_unknown");
    }

    /// <summary>What is unknown in only one of the two, and what the other one takes it for.</summary>
    private string Difference(StoreRows store)
    {
        var kept = store.Outbound().ToDictionary(row => row.Id, row => row.Status ?? "");
        using var connection = _product.FileConnection("sender.db");
        connection.Open();
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT message_id, state FROM ledger";
        using var rows = select.ExecuteReader();
        var ledger = new Dictionary<string, string>();
        while (rows.Read()) ledger[rows.GetString(0)] = rows.GetString(1);
        var different = kept.Where(pair => (pair.Value == "Unknown") != (ledger.GetValueOrDefault(pair.Key) == "Unknown"))
            .Select(pair => $"{pair.Key} is {pair.Value}, in the ledger {ledger.GetValueOrDefault(pair.Key, "missing")}");
        return "a report is under way: " + string.Join("; ", different);
    }

    private long Sought() => Count("due_at IS NOT NULL");

    private long LeftToPeople() => Count("due_at IS NULL");

    private long Count(string condition)
    {
        using var connection = _product.FileConnection("sender.db");
        connection.Open();
        using var select = connection.CreateCommand();
        select.CommandText = $"SELECT COUNT(*) FROM ledger WHERE state = 'Unknown' AND {condition}";
        return Convert.ToInt64(select.ExecuteScalar(), CultureInfo.InvariantCulture);
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

    /// <summary>
    /// A third of the calls end ambiguously, most of them with the message accepted, and a quarter of these without an echo ever; some fail
    /// for certain.
    /// </summary>
    private Fault[] FaultsOf(int sends)
    {
        (Fault Fault, int PerThousand)[] shares =
        [
            (Fault.Hang(accepted: true), 20),
            (Fault.Reset(accepted: true), 60),
            (Fault.ServerError(accepted: true), 60),
            (Fault.Garbage(accepted: true), 40),
            (Fault.Presets["unknown_accepted"], 40),
            (Fault.Presets["sent_but_invalid_json"], 20),
            (Fault.Presets["service_down_accepted"], 40),
            (Fault.Hang(accepted: false), 10),
            (Fault.Reset(accepted: false), 20),
            (Fault.ServerError(accepted: false), 20),
            (Fault.RateLimit(regainMinutes: 0), 4),
            (Fault.Error(1200, status: 500), 40),
            (Fault.Error(-1, status: 500), 20),
        ];
        List<Fault> faults = [.. shares.SelectMany(share => Enumerable.Repeat(share.Fault, sends * share.PerThousand / 1000))];
        for (var n = 0; n < faults.Count; n += 4) if (faults[n].Accepted) faults[n] = faults[n] with { LosesEcho = true };
        _echoesLost = faults.Count(fault => fault.LosesEcho);
        var shuffled = faults.ToArray();
        new Random(Seed).Shuffle(shuffled);
        return shuffled;
    }

    private static bool IsSent(StoredMessage row) => row.Status == "Sent";
}
