using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace InstaMessenger.CrmForwarder.Data;

/// <summary>The forwarder's database: where events go, what is under way, and what came of it.</summary>
internal abstract class CrmForwarderDbContext(DbContextOptions options) : ServiceDbContext(options)
{
    public DbSet<LinkedAccount> Accounts => Set<LinkedAccount>();

    public DbSet<WebhookEndpoint> Endpoints => Set<WebhookEndpoint>();

    public DbSet<EndpointAccount> EndpointAccounts => Set<EndpointAccount>();

    public DbSet<Delivery> Deliveries => Set<Delivery>();

    public DbSet<DeliveryAttempt> Attempts => Set<DeliveryAttempt>();

    public DbSet<EndpointReplay> Replays => Set<EndpointReplay>();

    public DbSet<WaitingEvent> WaitingEvents => Set<WaitingEvent>();

    public DbSet<ForwarderProcess> Processes => Set<ForwarderProcess>();

    public DbSet<EndpointClaim> Claims => Set<EndpointClaim>();

    public DbSet<MirrorAsk> MirrorAsks => Set<MirrorAsk>();
}

/// <summary>Used unless <c>ConnectionStrings:CrmForwarder</c> is set.</summary>
internal sealed class SqliteCrmForwarderDbContext(DbContextOptions options) : CrmForwarderDbContext(options);

/// <summary>Used when <c>ConnectionStrings:CrmForwarder</c> is set.</summary>
internal sealed class MySqlCrmForwarderDbContext(DbContextOptions options) : CrmForwarderDbContext(options);

/// <summary>For <c>dotnet ef migrations add … --context SqliteCrmForwarderDbContext --output-dir Data/Migrations/Sqlite</c>.</summary>
internal sealed class SqliteCrmForwarderDesign : IDesignTimeDbContextFactory<SqliteCrmForwarderDbContext>
{
    public SqliteCrmForwarderDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteCrmForwarderDbContext>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>For <c>dotnet ef migrations add … --context MySqlCrmForwarderDbContext --output-dir Data/Migrations/MySql</c>.</summary>
internal sealed class MySqlCrmForwarderDesign : IDesignTimeDbContextFactory<MySqlCrmForwarderDbContext>
{
    // A fixed version: no server is needed, and the migrations hold for the oldest that is supported.
    public MySqlCrmForwarderDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MySqlCrmForwarderDbContext>()
            .UseMySql("Server=none", new MariaDbServerVersion(new Version(10, 6))).Options);
}
