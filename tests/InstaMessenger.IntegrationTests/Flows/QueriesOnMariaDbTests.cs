using System.Globalization;
using InstaMessenger.Hosting.Gauges;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Tests.Shared;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>One process on a MariaDB of its own, whose statements can be looked at.</summary>
public sealed class WatchedMariaDbProduct : StandaloneProduct
{
    private readonly SharedServers _servers = new();
    private readonly Dictionary<string, string> _databases = [];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _servers.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a statement on the server, as somebody else, in the database of a service.</summary>
    internal async Task<List<string>> QueryAsync(string sql, string service = "Store")
    {
        await using var connection = new MySqlConnection(_databases[service] + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new MySqlCommand("SET SESSION slow_query_log = 0; " + sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount)
                .Select(column => Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    private protected override async Task<IReadOnlyDictionary<string, ProductProcess>> MakeProcessesAsync(
        Dictionary<string, string?> settings)
    {
        var server = await _servers.MariaDbAsync();
        foreach (var service in (string[])["Store", "Sender", "CrmForwarder"])
            settings[$"ConnectionStrings__{service}"] = _databases[service] = await server.NewDatabaseAsync();
        return await base.MakeProcessesAsync(settings);
    }
}

/// <summary>
/// What makes a list slow at a million rows and not at ten is a statement that looks at more rows than it gives. MariaDB counts them: none
/// of the product's may look at a thousand, with more than that in every table. SQLite's plans are held by the fast tests.
/// </summary>
public sealed class QueriesOnMariaDbTests(WatchedMariaDbProduct product) : IClassFixture<WatchedMariaDbProduct>
{
    private const int Rows = 1_500;

    /// <summary>What is kept for a while and then swept, and how a row is made; the last column is its time.</summary>
    private static readonly (string Service, string Table, string Columns, string Values)[] Kept =
    [
        (
            "Store", "idempotency_records", "caller_id, `key`, request_hash, message_id, lease_until, created_at",
            "'nobody', seq, '', 'msg_x', 0"),
        (
            "Store", "audit_entries", "id, actor_type, actor_id, user_id, action, changes, at",
            "CONCAT('aud_', seq), 'key', '', '', '', '{}'"),
        .. ((string[])["Store", "Sender", "CrmForwarder"])
            .Select(service => (service, "kept_answers", "id, content, created_at", "CONCAT('kept', seq), ''")),
    ];

    [Fact]
    public async Task No_statement_looks_at_more_rows_than_a_page_needs_however_much_there_is()
    {
        await using var shop = await Shop.OpenAsync(product);
        await using var small = await Shop.OpenAsync(product);
        var admin = new ApiClient(product.Door, product.AdminToken);
        var talker = shop.NewCustomer();
        await FillAsync(shop, talker);
        var customer = await small.NewWriterAsync();
        await small.SendAsync(customer, "an answer");
        // What waits at Meta's side: names that nobody can ask for, and attachments of an account that has its share of downloads.
        await product.QueryAsync("INSERT INTO profile_lookups (account_id, contact_id, attempts, due_at) "
            + $"SELECT 'acc_nobody', seq, 0, 0 FROM seq_1_to_{Rows}", "Sender");
        shop.Meta.Cdn.Answer("silence", http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted));
        var silence = new Uri(product.Simulator.BaseAddress, "cdn/silence");
        await product.QueryAsync("INSERT INTO downloads (attachment_id, account_id, url, media_type, file, attempts, claimed, due_at) "
            + $"SELECT CONCAT('msg_', seq, '_0'), 'acc_nobody', '{silence}', 'image', CONCAT('med_', LPAD(seq, 32, '0')), 0, 0, 0 "
            + $"FROM seq_1_to_{Rows}", "Sender");
        await ScheduleAsync(shop, TimeProvider.System.GetUtcNow().AddDays(1));
        // The server does so by itself some seconds later; until then it makes its plans for tables that are nearly empty.
        (await product.QueryAsync("ANALYZE TABLE messages, conversations, events, searched_messages, search_terms, scheduled_sends"))
            .ShouldAllBe(row => row.EndsWith("OK", StringComparison.Ordinal) || row.Contains("status", StringComparison.Ordinal));
        await product.QueryAsync("ANALYZE TABLE profile_lookups, downloads, ledger", "Sender");
        await product.QueryAsync("ANALYZE TABLE endpoints, deliveries", "CrmForwarder");
        await product.QueryAsync("TRUNCATE TABLE mysql.slow_log; SELECT 1");

        // More than a round takes, so that accounts take turns.
        await ScheduleAsync(shop, DateTimeOffset.UnixEpoch);

        foreach (var api in new[] { admin, shop.Api, small.Api })
        {
            await PagesAsync(api, "/api/v1/conversations?limit=50");
            await PagesAsync(api, "/api/v1/conversations?limit=50&unread=true");
            await PagesAsync(api, "/api/v1/conversations?limit=50&awaiting=reply");
            await PagesAsync(api, "/api/v1/conversations?limit=50&awaiting=reply&window=open&sort=closes_at");
            (await api.GetAsync("/ui/counters")).Expect(200).Items().ShouldNotBeEmpty();
            (await api.GetAsync("/api/v1/events?after=5&limit=50")).Expect(200).Items().ShouldNotBeEmpty();
            (await api.GetAsync("/api/v1/accounts")).Expect(200);
        }

        var conversation = (await ConversationsOf(shop)).Single(row => row.Text("contact.id") == talker.Igsid).Text("id");
        await PagesAsync(shop.Api, $"/ui/conversations/{conversation}/messages?limit=50");
        var middle = (await shop.Api.GetAsync($"/ui/conversations/{conversation}/messages?limit=200")).Expect(200).Items()[^1].Text("id");
        foreach (var place in (string[])["around", "before", "after"])
            (await shop.Api.GetAsync($"/ui/conversations/{conversation}/messages?{place}={middle}")).Expect(200).Items().ShouldNotBeEmpty();
        // What writes looks for what is there already: an echo, a send, a delivery.
        await shop.ReceivedAsync(await talker.SayAsync("one more"));
        (await shop.SendAsync(talker, "an answer to much")).Expect(200);
        await talker.ReadAsync();
        await shop.Events.WaitForAsync("message.read", "data.contact.id", talker.Igsid);
        (await small.SendAsync(customer, "another answer")).Expect(200);

        await Until.TrueAsync(
            async () => (await product.QueryAsync("SELECT id FROM scheduled_sends WHERE due_at = 0 LIMIT 1")).Count == 0,
            Patience.Long,
            () => "what is scheduled does not go out");

        await WorkThroughAsync(shop, small, customer);
        await SweepAsync(shop, talker);

        // Gauges count what waits, up to their bound, a few times a minute; an erasure walks the deliveries of all by their key, because no
        // index is worth what it would cost each of them.
        var greedy = await product.QueryAsync("SELECT rows_examined, rows_sent, LEFT(CONVERT(sql_text USING utf8mb4), 600) FROM "
            + $"mysql.slow_log WHERE sql_text NOT LIKE '%slow_log%' AND sql_text NOT LIKE '%LIMIT {GaugeWorker.MostRows}%' "
            + "AND NOT (rows_sent = rows_examined AND sql_text LIKE '%FROM `deliveries`%ORDER BY `d`.`id`%LIMIT 1000')");
        greedy.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_statement_that_looks_at_a_whole_table_is_noticed()
    {
        // Not by the quiet connection: this one stands for the product.
        await product.QueryAsync("SET SESSION slow_query_log = 1; CREATE TABLE IF NOT EXISTS greedy AS SELECT seq FROM seq_1_to_2000; "
            + "SELECT COUNT(*) FROM greedy WHERE seq > 7");

        // The server answers first and notes it then.
        const string Noted = "SELECT rows_examined FROM mysql.slow_log WHERE sql_text LIKE '%FROM greedy%'";
        await Until.TrueAsync(
            async () => (await product.QueryAsync(Noted)).Count > 0, TimeSpan.FromSeconds(10), () => "it is not in the log");
    }

    /// <summary>What is done step by step when somebody asks: an import, a replay, an erasure.</summary>
    private static async Task WorkThroughAsync(Shop shop, Shop small, Customer customer)
    {
        (await small.Api.PostAsync($"/api/v1/accounts/{small.AccountId}/backfill", new { })).Expect(202);
        await DoneAsync($"/api/v1/accounts/{small.AccountId}/backfill");
        var endpoint = "whe_" + shop.AccountId["acc_".Length..];
        var last = await shop.ReceivedAsync(await shop.NewCustomer().SayAsync("the last one"));
        var replay = (await shop.Api.PostAsync(
            $"/api/v1/webhook-endpoints/{endpoint}/replay", new { after_sequence = last.Sequence - 100 })).Expect(202);
        await DoneAsync($"/api/v1/webhook-endpoints/{endpoint}/replays/{replay.Text("id")}", shop);
        var erasure = (await small.Api.DeleteAsync($"/api/v1/accounts/{small.AccountId}/contacts/{customer.Igsid}")).Json;
        await DoneAsync($"/api/v1/accounts/{small.AccountId}/erasures/{erasure.Text("erasure_id")}");

        Task DoneAsync(string path, Shop? of = null) => Until.TrueAsync(
            async () => await (of ?? small).Api.GetAsync(path) is { Status: 200 } now && now.Json.Text("state") == "done",
            Patience.Long,
            () => $"{path} is not done");
    }

    /// <summary>
    /// Every worker makes a round when it starts. Of the sweeps and retentions that is the only one of this test; what is too old shows
    /// that it was made.
    /// </summary>
    private async Task SweepAsync(Shop shop, Customer talker)
    {
        (await product.StopAsync("standalone")).ShouldBeTrue();
        foreach (var (service, table, columns, values) in Kept)
        {
            await product.QueryAsync($"INSERT INTO {table} ({columns}) SELECT {values}, IF(seq = 1, 0, 253402300799999) FROM "
                + $"seq_1_to_{Rows}; ANALYZE TABLE {table}", service);
        }

        await product.StartAsync("standalone");

        foreach (var (service, table, columns, _) in Kept)
        {
            await Until.TrueAsync(
                async () => (await product.QueryAsync(
                    $"SELECT COUNT(*) FROM {table} WHERE {columns.Split(' ')[^1]} = 0", service)).Single() == "0",
                Patience.Long,
                () => $"what is too old is still in {table}");
        }

        var mid = await talker.SayAsync("after the start");
        await shop.Crm.Deliveries.WaitForAsync(
            delivery => delivery.Acknowledged && delivery.Body!.Contains(mid, StringComparison.Ordinal), timeout: Patience.Long);
    }

    /// <summary>Sends of conversations that are gone: nothing comes of them, and each is a row like any other.</summary>
    private Task<List<string>> ScheduleAsync(Shop shop, DateTimeOffset due) => product.QueryAsync(
        "INSERT INTO scheduled_sends (account_id, conversation_id, first_id, last_id, author, due_at) "
        + $"SELECT '{shop.AccountId}', CONCAT('conv_', seq), CONCAT('msg_', seq), CONCAT('msg_', seq), 'Undeclared', "
        + $"{due.ToUnixTimeMilliseconds()} FROM seq_1_to_{Rows}");

    /// <summary>The first page and the one behind it.</summary>
    private static async Task PagesAsync(ApiClient api, string path)
    {
        var first = (await api.GetAsync(path)).Expect(200);
        if (first.Text("next_cursor") is { Length: > 0 } cursor)
            (await api.GetAsync($"{path}&cursor={Uri.EscapeDataString(cursor)}")).Expect(200).Items().ShouldNotBeEmpty();
    }

    private static async Task<IReadOnlyList<System.Text.Json.Nodes.JsonNode>> ConversationsOf(Shop shop) =>
        (await shop.Api.GetAsync($"/ui/conversations?account_id={shop.AccountId}")).Expect(200).Items();

    /// <summary>As many conversations, and then as many messages of one of them, which makes it the newest.</summary>
    private static async Task FillAsync(Shop shop, Customer talker)
    {
        var begin = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(2);
        var items = Enumerable.Range(0, 2 * Rows).Select(n => MetaPayloads.Text(
            shop.InstagramId, n < Rows
                ? Shop.NewNumber()
                : talker.Igsid, $"{shop.InstagramId}.{n}", $"in {n}", begin + TimeSpan.FromMilliseconds(n)));
        var posts = await shop.Meta.Webhooks.DeliverAsync(shop.InstagramId, items, new DeliveryPattern { BatchSize = 100 });
        posts.ShouldAllBe(post => post.Delivered);
        await shop.Crm.Deliveries.WaitForAsync(
            delivery => delivery is { EventType: "message.received", Attempt: 1 }, 2 * Rows, TimeSpan.FromMinutes(2));
    }
}
