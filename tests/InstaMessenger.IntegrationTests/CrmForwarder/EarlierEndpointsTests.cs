using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Tests.CrmForwarder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using MySqlConnector;

namespace InstaMessenger.IntegrationTests.CrmForwarder;

/// <summary>Addresses from before there were endpoints, with rows, on a real MariaDB: they go on as their account's endpoint.</summary>
public sealed class EarlierEndpointsTests(SharedServers servers)
{
    private const string Before = "20261128161904_Erasures";

    private static readonly AccountId Account = AccountId.Parse("acc_1");

    [Fact]
    public async Task An_account_s_address_of_before_is_posted_to_as_ever_and_what_waited_goes_out()
    {
        await using var crm = await TinyCrm.StartAsync();
        var database = await (await servers.MariaDbAsync()).NewDatabaseAsync();
        await using (var db = new MySqlCrmForwarderDbContext(
            new DbContextOptionsBuilder<MySqlCrmForwarderDbContext>()
                .UseMySql(database, new MariaDbServerVersion(new Version(10, 6))).Options))
        {
            await db.GetService<IMigrator>().MigrateAsync(Before);
        }

        await ExecuteAsync(
            database,
            $"""
            INSERT INTO accounts (account_id, version, unlinked) VALUES ('acc_1', 3, 0), ('acc_2', 1, 0);
            INSERT INTO endpoints (id, account_id, url, state, proven, created_at, changed_at) VALUES
                ('whe_1', 'acc_1', '{crm.Url("/before")}', 'Active', 1, 1772000000000, 1772000000000),
                ('whe_2', 'acc_2', '{crm.Url("/gone")}', 'Disabled', 0, 1772000000000, 1772000000000);
            INSERT INTO deliveries
                (endpoint_id, event_id, sequence, event_type, account_id, body, state, attempts, failures, due_at, created_at)
                VALUES ('whe_1', 'evt_waits', 1, 'message.received', 'acc_1', '{"{}"}', 'Pending', 1, 1, 1772000000000, 1772000000000),
                    ('whe_1', 'evt_dead', 2, 'message.received', 'acc_1', '{"{}"}', 'Dead', 10, 10, 1772000000000, 1772000000000);
            """);

        var directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
        await using (var host = await ForwarderHost.StartAsync(directory, database: database))
        {
            (await NextAsync()).ShouldSatisfyAllConditions(
                post => post.Id.ShouldBe("evt_waits"), post => post.Path.ShouldBe("/before"));
            var now = host.Event(Account, version: 3);
            await host.PublishAsync(now);
            (await NextAsync()).Id.ShouldBe(now.Id.Value);

            using var http = host.Client(null);
            var own = await http.GetFromJsonAsync<JsonElement>("/api/v1/webhook-endpoints/whe_1");
            own.GetProperty("account_ids").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe("acc_1");
            own.GetProperty("event_types").ValueKind.ShouldBe(JsonValueKind.Null);
            var gone = await http.GetFromJsonAsync<JsonElement>("/api/v1/webhook-endpoints/whe_2");
            (gone.GetProperty("state").GetString(), gone.GetProperty("reason").GetString()).ShouldBe(("disabled", "gone"));
            using var again = await http.PostAsJsonAsync("/api/v1/webhook-endpoints/whe_1/redeliver", new { });
            (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("redelivered").GetInt32().ShouldBe(1);
            (await NextAsync()).Id.ShouldBe("evt_dead");

            async Task<CrmRequest> NextAsync()
            {
                var next = crm.NextAsync();
                await host.AdvanceUntilAsync(next, TimeSpan.FromMilliseconds(5));
                return await next;
            }
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new MySqlConnection(database);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
