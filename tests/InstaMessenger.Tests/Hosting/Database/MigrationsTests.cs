using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Store.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
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
}
