using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Sender.Data;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

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
}
