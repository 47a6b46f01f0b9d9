using System.Data.Common;
using System.Text.Json;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Customers;
using InstaMessenger.Tests.Shared;
using Microsoft.Data.Sqlite;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// A row that no code of ours would write, in the table of each worker: left by a bug, a restored backup or a person's hand. Whoever owns
/// it may notice; nobody else may, not even after a restart, which is when a worker meets all its rows again.
/// </summary>
public abstract class RottenRowSuite(StandaloneProduct product) : IDisposable
{
    private const string Standalone = "standalone";

    private readonly IReadOnlyDictionary<string, long> _mark = product.MarkLogs();

    /// <summary>The file and what spoils it; @account is the account whose rows are spoilt.</summary>
    private static readonly Dictionary<string, (string File, string Sql)> Rot = new()
    {
        ["the journal of ingress"] = ("ingress.db", "INSERT INTO journal (received_at, body) VALUES (-9223372036854775808, x'ff00'), (0, "
            + "'')"),
        ["the outbox of the store"] = ("store.db", Outbox("SendMessage")),
        ["the outbox of the sender"] = ("sender.db", Outbox("SendReported")),
        ["a queued send"] = ("sender.db", Copy(
            "ledger",
            "sequence = sequence + 1000, message_id = 'msg_rotten', state = 'Queued', due_at = 0, claimed_by = NULL, claimed_until = NULL, "
                + "settled_at = NULL, recipient_id = 'not digits', expires_at = 9223372036854775807")),
        ["a claimed send"] = ("sender.db", Copy(
            "ledger",
            "sequence = sequence + 2000, message_id = 'not an id', state = 'Claimed', due_at = 0, claimed_by = 'gone', claimed_until = 0, "
                + "settled_at = NULL")),
        ["a token"] = ("sender.db", "UPDATE accounts SET protected_token = 'rubbish' WHERE account_id = @account"),
        ["a delivery"] = ("crm-forwarder.db", Copy(
            "deliveries",
            "id = id + 1000, event_id = 'evt_rotten', state = 'Pending', due_at = 0, delivered_at = NULL, body = x'ff', event_type = ''")),
        ["an endpoint"] = ("crm-forwarder.db", "UPDATE endpoints SET url = 'not a url', protected_secret = 'rubbish' WHERE account_id = "
            + "@account"),
        ["a waiting event"] = ("crm-forwarder.db", "INSERT INTO waiting_events (event_id, account_id, account_version, body, event_type, "
            + "sequence) VALUES ('evt_rotten', @account, 1, x'ff', '', 7)"),
        ["a quarantined webhook"] = ("store.db", "INSERT INTO quarantined_webhooks (body, channel_id, fingerprint, reason, received_at) "
            + "VALUES (x'ff', @account, 'rotten', 'unknown_account', 0)"),
        ["a conversation"] = ("store.db", "UPDATE conversations SET contact_id = 'not digits' WHERE account_id = @account"),
        ["a message"] = ("store.db", "UPDATE messages SET metadata = '{', raw = '{', kind = 'hologram' WHERE account_id = @account"),
    };

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', product.LogsSince(_mark).Split('\n').Take(20)));
        GC.SuppressFinalize(this);
    }

    [Fact]
    [Trait(ReliabilityCollection.Trait, "Reliability")]
    public async Task A_rotten_row_in_every_place_is_in_nobody_elses_way()
    {
        await using var other = await Shop.OpenAsync(product);
        var customer = await other.NewWriterAsync();
        var owners = new Dictionary<string, Shop>();
        foreach (var place in Rot.Keys) owners[place] = await OpenAsync();
        (await product.StopAsync(Standalone)).ShouldBeTrue();
        foreach (var (place, owner) in owners) await SpoilAsync(place, owner.AccountId);

        await product.StartAsync(Standalone);

        await WorksAsync(other, customer);
        var admin = new ApiClient(product.Door, product.AdminToken);
        (await admin.GetAsync("/api/v1/conversations")).Expect(200).Items().ShouldContain(row => row.Text("contact.id") == customer.Igsid);
        (await admin.GetAsync("/api/v1/events?after=0&limit=200")).Expect(200).Items().ShouldNotBeEmpty();
        foreach (var owner in owners.Values) await owner.DisposeAsync();
    }

    /// <summary>Whose rows are spoilt: each place has an owner of its own, so that none of them hides another one.</summary>
    private async Task<Shop> OpenAsync()
    {
        var shop = await Shop.OpenAsync(product);
        (await shop.SendAsync(await shop.NewWriterAsync(), "before")).Expect(200);
        await shop.Crm.Deliveries.WaitForAsync(delivery => delivery.EventType == "message.sent");
        return shop;
    }

    /// <summary>A message goes in to the CRM, and one goes out.</summary>
    private static async Task WorksAsync(Shop shop, Customer customer)
    {
        var mid = await customer.SayAsync("still here?");
        await shop.Crm.Deliveries.WaitForAsync(
            delivery => delivery.Acknowledged && delivery.Body!.Contains(mid, StringComparison.Ordinal), timeout: TimeSpan.FromSeconds(30));
        (await shop.SendAsync(customer, "yes")).Expect(200).Text("status").ShouldBe("sent");
        shop.Meta.AcceptedCount(customer.Igsid, "yes").ShouldBe(1);
    }

    private async Task SpoilAsync(string place, string account)
    {
        var (file, sql) = Rot[place];
        await using var connection = Connection(file);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@account", account);
        command.Parameters.Add(parameter);
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0, $"nothing was spoilt: {place}");
    }

    /// <summary>A connection, not opened, that may write to what is in a file on SQLite.</summary>
    private protected virtual DbConnection Connection(string file) => new SqliteConnection(
        new SqliteConnectionStringBuilder { DataSource = product.Folder.Find(file), Pooling = false }.ToString());

    /// <summary>A row that is cut short, and one of a type that is gone; the time of both is none.</summary>
    private static string Outbox(string type) => $"INSERT INTO outbox (type, body, created_at) VALUES ('{type}', x'7b', "
        + "-9223372036854775808), ('Gone', x'', -9223372036854775808)";

    /// <summary>A second row like one of the account's, changed.</summary>
    private static string Copy(string table, string change) =>
        $"CREATE TEMPORARY TABLE copied AS SELECT * FROM {table} WHERE account_id = @account LIMIT 1; UPDATE copied SET {change}; "
            + $"INSERT INTO {table} SELECT * FROM copied; DROP TABLE copied";
}

/// <summary>The suite on SQLite.</summary>
[BeginsEarly]
public sealed class RottenRowsOnSqlite(StandaloneProduct product) : RottenRowSuite(product), IClassFixture<StandaloneProduct>;

/// <summary>The suite on MariaDB, whose errors are others and whose rows are locked; ingress has its file on either.</summary>
[BeginsEarly]
public sealed class RottenRowsOnMariaDb(MariaDbProduct product) : RottenRowSuite(product), IClassFixture<MariaDbProduct>
{
    private readonly MariaDbProduct _product = product;

    private protected override DbConnection Connection(string file) =>
        _product.Databases.SingleOrDefault(pair => JsonNamingPolicy.KebabCaseLower.ConvertName(pair.Key) + ".db" == file).Value
            is { } database
            ? new MySqlConnection(database + ";Pooling=false")
            : base.Connection(file);
}
