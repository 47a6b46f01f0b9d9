using System.Data.Common;
using System.Text.Json.Nodes;
using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using Microsoft.Data.Sqlite;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>
/// A row that no code of ours would write makes no list fail, on either database: it is left out, or shown as what is still known, and
/// told by its table; the others are shown.
/// </summary>
public abstract class RottenListSuite(StandaloneProduct product) : IDisposable
{
    private const string Never = "9223372036854775807";

    /// <summary>The database, whether the log tells, and what spoils a row of the account.</summary>
    private static readonly Dictionary<string, (string Service, bool Told, string Sql)> Rot = new()
    {
        ["a contact's id"] = ("Store", true, "UPDATE conversations SET contact_id = 'not digits' WHERE account_id = @account"),
        ["a conversation's id"] = ("Store", true, "UPDATE conversations SET id = 'not an id' WHERE account_id = @account"),
        ["a conversation's time"] = ("Store", true, $"UPDATE conversations SET last_message_at = {Never} WHERE account_id = @account"),
        ["a conversation's change"] = ("Store", true, $"UPDATE conversations SET updated_at = -{Never} WHERE account_id = @account"),
        ["a window that never ends"] = ("Store", false, "UPDATE conversations SET last_inbound_at = 253402300799999 WHERE account_id = "
            + "@account"),
        ["a message's kind"] = ("Store", true, "UPDATE messages SET metadata = '{', raw = '{', content = '{', kind = 'hologram' WHERE "
            + "account_id = @account"),
        ["a message's JSON"] = ("Store", false, "UPDATE messages SET metadata = '{', raw = '{', content = '{' WHERE account_id = @account"),
        ["a message's time"] = ("Store", true, $"UPDATE messages SET sent_at = {Never} WHERE account_id = @account"),
        ["a message's words"] = ("Store", true, "UPDATE messages SET direction = 'sideways', status = 'lost' WHERE account_id = @account"),
        ["an event's id"] = ("Store", true, "UPDATE events SET id = CONCAT('not an id ', sequence) WHERE account_id = @account"),
        ["an event's time"] = ("Store", true, $"UPDATE events SET occurred_at = {Never} WHERE account_id = @account"),
        ["an event's body"] = ("Store", false, "UPDATE events SET body = x'7b0a0a' WHERE account_id = @account"),
        ["an account's login"] = ("Store", true, "UPDATE accounts SET login_type = 'pigeon' WHERE id = @account"),
        ["an unlinked account"] = ("Store", true, "UPDATE accounts SET login_type = 'pigeon', unlinked_at = 0 WHERE id = @account"),
        ["a user's role"] = ("Store", true, "UPDATE users SET role = 'emperor' WHERE id IN (SELECT user_id FROM memberships WHERE "
            + "account_id = @account)"),
        ["a membership"] = ("Store", true, "UPDATE memberships SET account_id = 'not an id' WHERE account_id = @account"),
        ["a key's time"] = ("Store", true, $"UPDATE api_keys SET created_at = {Never} WHERE id IN (SELECT key_id FROM api_key_accounts "
            + $"WHERE account_id = @account)"),
        ["a key's account"] = ("Store", true, "UPDATE api_key_accounts SET account_id = 'not an id' WHERE account_id = @account"),
        ["a quarantined webhook"] = ("Store", true, $"INSERT INTO quarantined_webhooks (body, channel_id, fingerprint, reason, "
            + $"reserved_for, received_at) VALUES (x'ff', 'gone', @account, 'unknown_account', 'not an id', {Never})"),
        ["a dead letter of the store"] = ("Store", true, DeadLetter),
        ["a dead letter of the sender"] = ("Sender", true, DeadLetter),
        ["a dead letter of the crm-forwarder"] = ("CrmForwarder", true, DeadLetter),
        ["a send's recipient"] = ("Sender", true, "UPDATE ledger SET recipient_id = 'not digits' WHERE account_id = @account"),
        ["a send's state"] = ("Sender", true, "UPDATE ledger SET state = 'Elsewhere' WHERE account_id = @account"),
        ["a delivery's event"] = ("CrmForwarder", true, "UPDATE deliveries SET event_id = CONCAT('not an id ', id) WHERE account_id = "
            + "@account"),
        ["a delivery's time"] = ("CrmForwarder", true, $"UPDATE deliveries SET due_at = {Never} WHERE account_id = @account"),
        ["a delivery that is due"] = ("CrmForwarder", true, $"UPDATE deliveries SET state = 'Pending', due_at = -{Never} WHERE account_id "
            + $"= @account"),
        ["an attempt's time"] = ("CrmForwarder", true, $"UPDATE delivery_attempts SET at = {Never} WHERE delivery_id IN (SELECT id FROM "
            + $"deliveries WHERE account_id = @account)"),
        ["an endpoint's account"] = ("CrmForwarder", true, "UPDATE endpoint_accounts SET account_id = 'not an id' WHERE account_id = "
            + "@account"),
        ["a replay's state"] = ("CrmForwarder", true, "INSERT INTO replays (id, endpoint_id, state, page, is_read, found, delivered, "
            + "failed, created_at) VALUES ('rpl_rotten', CONCAT('whe_', SUBSTR(@account, 5)), 'Backwards', 1, 1, 0, 0, 0, 0)"),
        ["an audit entry"] = ("Store", true, "INSERT INTO audit_entries (id, at, actor_type, actor_id, user_id, action, changes, "
            + $"account_id) VALUES (CONCAT('aud_', @account), {Never}, 'user', 'usr_1', 'usr_1', 'account.linked', '{{', @account)"),
        ["a saved reply"] = ("Store", true, "INSERT INTO canned_replies (id, shortcut, text, created_at, updated_at, row_version) VALUES "
            + $"(CONCAT('can_', @account), 'rotten', 'rotten', {Never}, 0, 1); INSERT INTO canned_reply_places (place, reply_id, "
            + "shortcut_key) VALUES ('*', CONCAT('can_', @account), @account)"),
        ["an erasure"] = ("Store", true, "INSERT INTO erasures (id, account_id, is_of_account, asked_at, asked_at_sequence, "
            + "up_to_sequence, step, walked, counted, row_version) VALUES (CONCAT('era_', @account), @account, 0, "
            + $"{Never}, 0, 0, 'Over', 0, '{{}}', 1)"),
        ["an endpoint's state"] = ("CrmForwarder", true, "UPDATE endpoints SET state = 'Asleep' WHERE account_id = @account"),
    };

    private const string DeadLetter =
        "INSERT INTO dead_letters (queue, message_type, item_id, body, error, created_at, cause, replays) VALUES ('nowhere', 'Gone', "
            + "@account, x'ff', 'rotten', 0, 'Fate', 0)";

    private readonly IReadOnlyDictionary<string, long> _mark = product.MarkLogs();

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(product.LogsSince(_mark));
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task No_list_fails_for_a_rotten_row_in_any_place()
    {
        var admin = new ApiClient(product.Door, product.AdminToken);
        await using var other = await Shop.OpenAsync(product);
        var customer = await OpenAsync(other);
        var agent = await NewAgentAsync(admin, other);
        var owners = new Dictionary<string, (Shop Shop, string Thread)>();
        foreach (var what in Rot.Keys)
        {
            var shop = await Shop.OpenAsync(product);
            var victim = await OpenAsync(shop);
            owners[what] = (shop, (await shop.ConversationAsync(victim)).Text("id")!);
            if (Rot[what].Sql.Contains("memberships", StringComparison.Ordinal)) await NewAgentAsync(admin, shop);
        }

        foreach (var (what, (service, _, sql)) in Rot) await SpoilAsync(what, service, sql, owners[what].Shop.AccountId);

        foreach (var api in new[] { admin, other.Api })
        {
            (await AllAsync(api, "/api/v1/conversations"))
                .ShouldContain(row => row.Text("contact.id") == customer.Igsid && row.Text("last_message.text") == "before");
            (await AllAsync(api, "/ui/conversations")).ShouldContain(row => row.Text("contact.id") == customer.Igsid);
            (await AllAsync(api, "/api/v1/events")).Select(row => row.Text("data.message.text")).Count(text => text == "Hello!")
                .ShouldBeGreaterThan(0);
            (await AllAsync(api, "/api/v1/accounts")).ShouldContain(row => row.Text("id") == other.AccountId);
            (await AllAsync(api, "/api/v1/sends")).ShouldContain(row => row.Text("recipient_id") == customer.Igsid);
            (await AllAsync(api, "/api/v1/webhook-endpoints")).ShouldContain(row => row.Text("account_ids.0") == other.AccountId);
            (await AllAsync(api, $"/api/v1/webhook-endpoints/{EndpointOf(other)}/deliveries"))
                .ShouldContain(row => row.Text("event_type") == "message.sent");
        }

        (await AllAsync(admin, "/api/v1/users"))
            .ShouldContain(row => row.Text("id") == agent && row.Text("account_ids.0") == other.AccountId);
        (await AllAsync(admin, "/api/v1/api-keys"))
            .ShouldContain(row => row.Text("id") == other.KeyId && row.Text("account_ids.0") == other.AccountId);
        string[] lists =
        [
            "quarantine", "reserved-identifiers", "dead-letters/store", "dead-letters/sender", "dead-letters/crm-forwarder", "audit",
            "canned-replies", "health/accounts",
        ];
        foreach (var path in lists) await AllAsync(admin, $"/api/v1/{path}");
        foreach (var (shop, thread) in owners.Values)
        {
            // Its owner may miss the row, and nothing else.
            (await admin.GetAsync($"/api/v1/conversations/{thread}/messages")).Status.ShouldBeOneOf(200, 404);
            (await admin.GetAsync($"/api/v1/webhook-endpoints/{EndpointOf(shop)}/deliveries")).Expect(200);
            (await admin.GetAsync($"/api/v1/webhook-endpoints/{EndpointOf(shop)}/replays")).Expect(200);
            (await admin.GetAsync($"/api/v1/accounts/{shop.AccountId}/erasures")).Expect(200);
        }

        (await admin.GetAsync($"/api/v1/webhook-endpoints/{EndpointOf(owners["an endpoint's account"].Shop)}")).Expect(200);
        await GoesOnAsync(admin, other);
        ShouldAllBeTold();
        foreach (var (shop, _) in owners.Values) await shop.DisposeAsync();
    }

    private static async Task<Customer> OpenAsync(Shop shop)
    {
        var customer = await shop.NewWriterAsync();
        (await shop.SendAsync(customer, "before")).Expect(200);
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.sent");
        return customer;
    }

    /// <summary>Each rotten row is told by the name of its table, which is where an operator looks for it.</summary>
    private void ShouldAllBeTold()
    {
        var told = product.LinesSince(_mark).Select(written => JsonNode.Parse(written.Line)!)
            .Where(line => line["Category"]?.GetValue<string>() == typeof(ReadableRows).FullName)
            .CountBy(line => line["State"]!["Table"]!.GetValue<string>()).ToDictionary();
        // Of an unlinked account one list shows the identifiers, and no other one anything.
        var rotten = Rot.Where(rot => rot.Value.Told)
            .CountBy(rot => rot.Key == "an unlinked account" ? "account_identifiers" : TableOf(rot.Value.Sql)).ToList();
        foreach (var (table, count) in rotten) told.GetValueOrDefault(table).ShouldBeGreaterThanOrEqualTo(count, table);
        told.Keys.ShouldBe(rotten.Select(row => row.Key), ignoreOrder: true);
    }

    private static string TableOf(string sql) => sql.Split(' ')[sql.StartsWith("UPDATE", StringComparison.Ordinal) ? 1 : 2];

    /// <summary>A connection, not opened, that may write.</summary>
    private protected abstract DbConnection Connection(string service);

    /// <summary>The live stream passes by what is rotten, from the log's beginning, and what comes next comes.</summary>
    private static async Task GoesOnAsync(ApiClient admin, Shop other)
    {
        await using var stream = await admin.ListenAsync();
        var (customer, mid) = (other.NewCustomer(), "");
        mid = await customer.SayAsync("still here?");
        await stream.WaitForAsync("message.received", "data.message.instagram_message_id", mid);
        await other.Crm.Deliveries.WaitForAsync(
            delivery => delivery.Acknowledged && delivery.Body!.Contains(mid, StringComparison.Ordinal));
    }

    /// <summary>All pages, of some rows each: where a page ends at a rotten row, the next one goes on behind it.</summary>
    private static async Task<List<JsonNode>> AllAsync(ApiClient api, string path)
    {
        var rows = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = (await api.GetAsync($"{path}?limit=50{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(200);
            rows.AddRange(page.Items());
            cursor = page.Text("next_cursor");
            rows.Count.ShouldBeLessThan(10_000, $"{path} does not end");
        }
        while (cursor is not null);
        return rows;
    }

    private static async Task<string> NewAgentAsync(ApiClient admin, Shop shop)
    {
        var user = new
        {
            username = $"agent{shop.InstagramId}",
            password = "a password of an agent",
            role = "agent",
            account_ids = new[] { shop.AccountId },
        };
        return (await admin.PostAsync("/api/v1/users", user)).Expect(201).Text("id")!;
    }

    private static string EndpointOf(Shop shop) => "whe_" + shop.AccountId["acc_".Length..];

    private async Task SpoilAsync(string what, string service, string sql, string account)
    {
        await using var connection = Connection(service);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@account", account);
        command.Parameters.Add(parameter);
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0, $"{what} was not spoilt");
    }
}

/// <summary>The suite on SQLite.</summary>
[Collection(UnlimitedProduct.Collection)]
public sealed class RottenListsOnSqlite(UnlimitedProduct product) : RottenListSuite(product)
{
    private protected override DbConnection Connection(string service)
    {
        var file = System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(service) + ".db";
        return new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = product.Folder.Find(file), Pooling = false, DefaultTimeout = 10 }.ToString());
    }
}

/// <summary>The suite on MariaDB.</summary>
[Collection(UnlimitedMariaDbProduct.Collection)]
public sealed class RottenListsOnMariaDb(UnlimitedMariaDbProduct product) : RottenListSuite(product)
{
    private protected override DbConnection Connection(string service) =>
        new MySqlConnection(product.Databases[service] + ";Pooling=false");
}
