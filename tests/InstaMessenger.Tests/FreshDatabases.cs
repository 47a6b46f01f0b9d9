using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Sender.Data;
using InstaMessenger.Store.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests;

/// <summary>
/// The SQLite files of a new installation, migrated once and copied into the folder of each host: to migrate is most of a host's start, and
/// there are some thousand hosts. Tests of the start itself use an empty folder.
/// </summary>
internal static class FreshDatabases
{
    private static readonly Lazy<byte[]> Store = new(() => Migrate(options => new SqliteStoreDbContext(options)));
    private static readonly Lazy<byte[]> Sender = new(() => Migrate(options => new SqliteSenderDbContext(options)));
    private static readonly Lazy<byte[]> CrmForwarder = new(() => Migrate(options => new SqliteCrmForwarderDbContext(options)));

    public static void PutStore(string folder) => Put(Store, folder, "store.db");

    public static void PutSender(string folder) => Put(Sender, folder, "sender.db");

    public static void PutCrmForwarder(string folder) => Put(CrmForwarder, folder, "crm-forwarder.db");

    private static void Put(Lazy<byte[]> database, string folder, string name)
    {
        var path = Path.Combine(folder, name);
        // A host that is opened again goes on with what it had.
        if (!File.Exists(path)) File.WriteAllBytes(path, database.Value);
    }

    private static byte[] Migrate(Func<DbContextOptions, DbContext> create)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var connection = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
            using (var db = create(new DbContextOptionsBuilder().UseSqlite(connection.ToString()).Options)) db.Database.Migrate();
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
