using System.Globalization;
using System.Text.RegularExpressions;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Crm;
using InstaMessenger.Simulator.Meta.Faults;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Tests.Shared;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>One process whose metrics are fetched.</summary>
public sealed class MeasuredProduct : StandaloneProduct
{
    public MeasuredProduct()
    {
        Extra["Metrics__Port"] = MetricsPort.ToString(CultureInfo.InvariantCulture);
        // A send whose outcome nobody knows stays so as long as the test lasts.
        Extra["Sender__ReadBackAfterSeconds"] = "3600";
    }

    internal int MetricsPort { get; } = FreePort.Take();
}

/// <summary>
/// That a gauge is there says nothing of its figure: one that is 0 for ever looks like a good one. So one of each thing is made, and each
/// gauge must tell it.
/// </summary>
public sealed partial class GaugeFiguresTests(MeasuredProduct product) : IClassFixture<MeasuredProduct>
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Each_gauge_tells_one_of_what_it_counts_and_falls_when_it_is_gone()
    {
        await using var shop = await Shop.OpenAsync(product);
        var (customer, other) = (await shop.NewWriterAsync(), await shop.NewWriterAsync());
        await ShouldBecomeAsync(
            ("sends_unknown sender", 0), ("quarantine_rows store", 0), ("dead_letters_rows sender", 0),
            ("deliveries_waiting crm-forwarder", 0), ("deliveries_dead crm-forwarder", 0), ("journal_backlog ingress", 0),
            ("outbox_backlog store", 0), ("event_log_backlog store", 0), ("store_streams_open", 1));

        shop.Meta.EchoMode = EchoMode.None;
        shop.Meta.SendFaults.Next(Fault.Presets["reset_accepted"], account: shop.InstagramId);
        (await shop.SendAsync(customer, "may have arrived")).Status.ShouldBeInRange(200, 202);
        var nobody = Shop.NewNumber();
        await shop.Meta.Webhooks.DeliverAsync(
            nobody,
            [MetaPayloads.Text(nobody, Shop.NewNumber(), $"{nobody}.1", "whose is it?", TimeProvider.System.GetUtcNow())],
            new DeliveryPattern());
        await ChangeAsync("sender.db", "INSERT INTO dead_letters (queue, message_type, item_id, body, error, created_at, cause, replays) "
            + "VALUES ('nowhere', 'Gone', 'item', x'ff', 'rotten', 0, 'Fate', 0)");
        // Three days of refusals, in one statement.
        await ChangeAsync("crm-forwarder.db", "CREATE TEMP TABLE given_up AS SELECT * FROM deliveries LIMIT 1; UPDATE given_up SET "
            + "id = id + 1000, event_id = 'evt_dead', state = 'Dead', delivered_at = NULL; INSERT INTO deliveries SELECT * FROM given_up");
        await ShouldBecomeAsync(
            ("sends_unknown sender", 1), ("quarantine_rows store", 1), ("dead_letters_rows sender", 1),
            ("deliveries_dead crm-forwarder", 1), ("deliveries_waiting crm-forwarder", 0));
        var second = await shop.Api.ListenAsync();
        await ShouldBecomeAsync(("store_streams_open", 2));
        shop.Crm.Behaviour = new CrmBehaviour { Status = 500 };
        await shop.ReceivedAsync(await customer.SayAsync("for a CRM that does not take it"));
        await ShouldBecomeAsync(("deliveries_waiting crm-forwarder", 1), ("deliveries_waiting_age_seconds crm-forwarder", null));

        // Who writes to a file keeps all others from writing: so each place before it fills.
        await using (await LockAsync("sender.db"))
        await using (await LockAsync("crm-forwarder.db"))
        {
            (await shop.SendAsync(other, "waits in the store's outbox", ("Prefer", "respond-async"))).Expect(202);
            await shop.ReceivedAsync(await other.SayAsync("waits in the log"));
            await using (await LockAsync("store.db"))
            {
                await other.SayAsync("waits in the journal");
                await ShouldBecomeAsync(
                    ("outbox_backlog store", 1), ("outbox_backlog_age_seconds store", null), ("event_log_backlog store", null),
                    ("event_log_backlog_age_seconds store", null), ("journal_backlog ingress", 1),
                    ("journal_backlog_age_seconds ingress", null));
            }
        }

        await second.DisposeAsync();
        await ShouldBecomeAsync(
            ("outbox_backlog store", 0), ("outbox_backlog_age_seconds store", 0), ("event_log_backlog store", 0),
            ("journal_backlog ingress", 0), ("journal_backlog_age_seconds ingress", 0), ("store_streams_open", 1));
    }

    /// <summary>Waits, since they are read every ten seconds; null is for anything above 0.</summary>
    private async Task ShouldBecomeAsync(params (string Gauge, double? Expected)[] expected)
    {
        string[] wrong = [];
        await Until.TrueAsync(
            async () =>
            {
                var figures = await FiguresAsync();
                wrong =
                [
                    .. expected.Where(one => !figures.TryGetValue(one.Gauge, out var value) || (one.Expected is null ? value <= 0
                            : value != one.Expected))
                        .Select(one => $"{one.Gauge} is {figures.GetValueOrDefault(one.Gauge, double.NaN)} and not {one.Expected}"),
                ];
                return wrong.Length == 0;
            },
            Patience.Long,
            () => string.Join("; ", wrong));
    }

    /// <summary>By name and database.</summary>
    private async Task<Dictionary<string, double>> FiguresAsync() => Line()
        .Matches(await Http.GetStringAsync(new Uri($"http://127.0.0.1:{product.MetricsPort}/metrics")))
        .ToDictionary(
            line => line.Groups["database"].Success ? $"{line.Groups["name"]} {line.Groups["database"]}" : line.Groups["name"].Value,
            line => double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture));

    private SqliteConnection Connection(string file) =>
        new(new SqliteConnectionStringBuilder { DataSource = product.Folder.Find(file), Pooling = false }.ToString());

    private async Task ChangeAsync(string file, string sql)
    {
        await using var connection = Connection(file);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0);
    }

    /// <summary>Nobody writes to the file until this is disposed of.</summary>
    private async Task<SqliteConnection> LockAsync(string file)
    {
        var connection = Connection(file);
        await connection.OpenAsync();
        await using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        await begin.ExecuteNonQueryAsync();
        return connection;
    }

    [GeneratedRegex(
        """^(?<name>\w+)\{otel_scope_name="InstaMessenger"(,database="(?<database>[^"]+)")?\} (?<value>\S+)""",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Line();
}
