using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging.Abstractions;

namespace InstaMessenger.Tests.Store;

/// <summary>Where a store of the fast tests keeps its rows when they run here: in a MariaDB database of its own.</summary>
internal static class StoreDatabase
{
    /// <summary>Fewer than on SQLite: each unit waits for the disk.</summary>
    public const int Histories = 6;

    private static readonly Lazy<Task<string>> Migrated = new(MigrateAsync);

    /// <remarks>Each test leaves a pool behind; idle connections of some hundred pools are more than a server takes.</remarks>
    public static async Task<IEnumerable<KeyValuePair<string, string?>>> SettingsAsync() =>
    [
        new(
            "ConnectionStrings:Store",
            await (await SharedServers.Current.MariaDbAsync()).CopyAsync(await Migrated.Value) + ";Connection Idle Timeout=5"),
    ];

    /// <summary>Once for all: the migrations wait for the disk some hundred times.</summary>
    private static async Task<string> MigrateAsync()
    {
        var database = await (await SharedServers.Current.MariaDbAsync()).NewDatabaseAsync();
        var server = new MySqlServer<StoreDbContext>(
            "ConnectionStrings:Store", database, NullLogger<MySqlServer<StoreDbContext>>.Instance);
        await using var db = new MySqlStoreDbContext(new DbContextOptionsBuilder().UseMySql(database, server.Version).Options);
        await db.Database.MigrateAsync();
        await server.CompleteAsync(db.GetService<IDesignTimeModel>().Model, CancellationToken.None);
        return database;
    }
}
