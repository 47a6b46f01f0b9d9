using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace InstaMessenger.Store.Data;

/// <summary>The store on SQLite; its migrations are in Migrations/Sqlite.</summary>
internal sealed class SqliteStoreDbContext(DbContextOptions options) : StoreDbContext(options);

/// <summary>The store on MySQL or MariaDB; its migrations are in Migrations/MySql.</summary>
internal sealed class MySqlStoreDbContext(DbContextOptions options) : StoreDbContext(options);

/// <summary>For <c>dotnet ef migrations add</c>.</summary>
internal sealed class SqliteStoreDesign : IDesignTimeDbContextFactory<SqliteStoreDbContext>
{
    public SqliteStoreDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteStoreDbContext>().UseSqlite("Data Source=design.db").Options);
}

/// <inheritdoc cref="SqliteStoreDesign"/>
internal sealed class MySqlStoreDesign : IDesignTimeDbContextFactory<MySqlStoreDbContext>
{
    public MySqlStoreDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MySqlStoreDbContext>()
            .UseMySql("Server=design", new MariaDbServerVersion(new Version(10, 6))).Options);
}
