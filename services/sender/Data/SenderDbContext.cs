using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace InstaMessenger.Sender.Data;

/// <summary>The sender's database: the ledger, what it knows of accounts, and what is to be fetched.</summary>
internal abstract class SenderDbContext(DbContextOptions options) : ServiceDbContext(options)
{
    public DbSet<LedgerEntry> Ledger => Set<LedgerEntry>();

    public DbSet<SendingAccount> Accounts => Set<SendingAccount>();

    public DbSet<Download> Downloads => Set<Download>();
}

/// <summary>Used unless <c>ConnectionStrings:Sender</c> is set.</summary>
internal sealed class SqliteSenderDbContext(DbContextOptions options) : SenderDbContext(options);

/// <summary>Used when <c>ConnectionStrings:Sender</c> is set.</summary>
internal sealed class MySqlSenderDbContext(DbContextOptions options) : SenderDbContext(options);

/// <summary>For <c>dotnet ef migrations add … --context SqliteSenderDbContext --output-dir Data/Migrations/Sqlite</c>.</summary>
internal sealed class SqliteSenderDesign : IDesignTimeDbContextFactory<SqliteSenderDbContext>
{
    public SqliteSenderDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteSenderDbContext>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>For <c>dotnet ef migrations add … --context MySqlSenderDbContext --output-dir Data/Migrations/MySql</c>.</summary>
internal sealed class MySqlSenderDesign : IDesignTimeDbContextFactory<MySqlSenderDbContext>
{
    // A fixed version: no server is needed, and the migrations hold for the oldest that is supported.
    public MySqlSenderDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MySqlSenderDbContext>()
            .UseMySql("Server=none", new MariaDbServerVersion(new Version(10, 6))).Options);
}
