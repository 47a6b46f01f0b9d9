using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Store.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace InstaMessenger.Tests.Hosting.Database;

/// <summary>
/// A change of the model without its migration stops the service at its next start; on MySQL no test of one process would meet that.
/// </summary>
public sealed class MigrationsTests
{
    public static TheoryData<string> Contexts => [.. All.Keys];

    private static readonly Dictionary<string, Func<DbContext>> All = new()
    {
        ["store on SQLite"] = () => new SqliteStoreDesign().CreateDbContext([]),
        ["store on MySQL"] = () => new MySqlStoreDesign().CreateDbContext([]),
        ["sender on SQLite"] = () => new SqliteSenderDesign().CreateDbContext([]),
        ["sender on MySQL"] = () => new MySqlSenderDesign().CreateDbContext([]),
        ["crm-forwarder on SQLite"] = () => new SqliteCrmForwarderDesign().CreateDbContext([]),
        ["crm-forwarder on MySQL"] = () => new MySqlCrmForwarderDesign().CreateDbContext([]),
    };

    [Theory]
    [MemberData(nameof(Contexts))]
    public void Every_change_of_a_model_has_its_migration(string context)
    {
        using var db = All[context]();

        db.Database.HasPendingModelChanges().ShouldBeFalse();
    }

    /// <summary>EF warns of what it does outside of a migration's transaction: killed there, a service would never start again.</summary>
    [Theory]
    [InlineData("store")]
    [InlineData("sender")]
    [InlineData("crm-forwarder")]
    public void Each_migration_on_SQLite_is_one_transaction(string service)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var options = new DbContextOptionsBuilder().UseSqlite(connection).ReplaceService<IMigrationsSqlGenerator, SqliteMigrations>()
            .ConfigureWarnings(w => w.Throw(RelationalEventId.NonTransactionalMigrationOperationWarning)).Options;
        using DbContext db = service switch
        {
            "store" => new SqliteStoreDbContext(options),
            "sender" => new SqliteSenderDbContext(options),
            _ => new SqliteCrmForwarderDbContext(options),
        };

        Should.NotThrow(db.Database.Migrate);

        db.Database.GetPendingMigrations().ShouldBeEmpty();
    }

    [Fact]
    public void The_endpoint_of_an_account_of_before_goes_on_with_what_was_on_its_way()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var options = new DbContextOptionsBuilder().UseSqlite(connection).ReplaceService<IMigrationsSqlGenerator, SqliteMigrations>()
            .Options;
        using var db = new SqliteCrmForwarderDbContext(options);
        db.GetService<IMigrator>().Migrate("ErasuresByMessage");
        db.Database.ExecuteSqlRaw(
            """
            INSERT INTO endpoints (id, account_id, url, protected_secret, state, proven, created_at, changed_at)
            VALUES ('whe_1', 'acc_1', 'https://crm.example', 'sealed', 'Disabled', 1, 1, 2);
            INSERT INTO deliveries
            (endpoint_id, event_id, sequence, event_type, account_id, body, state, attempts, failures, due_at, created_at)
            VALUES ('whe_1', 'evt_1', 1, 'message.received', 'acc_1', x'7b7d', 'Pending', 3, 2, 5, 4);
            """);

        db.Database.Migrate();

        var endpoint = db.Endpoints.AsNoTracking().Single();
        (endpoint.AccountId?.Value, endpoint.Url, endpoint.ProtectedSecret, endpoint.GivenProtectedSecret, endpoint.State, endpoint.Reason)
            .ShouldBe(("acc_1", "https://crm.example", "sealed", "sealed", EndpointState.Disabled, "gone"));
        (endpoint.AllAccounts, endpoint.EventTypes, endpoint.Ordered, endpoint.Proven).ShouldBe((false, null, false, true));
        db.EndpointAccounts.AsNoTracking().Single().EndpointId.ShouldBe("whe_1");
        var delivery = db.Deliveries.AsNoTracking().Single();
        (delivery.State, delivery.Attempts, delivery.Failures, delivery.DueAt.ToUnixTimeMilliseconds())
            .ShouldBe((DeliveryState.Pending, 3, 2, 5));
    }
}
