using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>
/// The database of a service: its own tables beside the outbox, the dead letters and the leases that every service has. Each service
/// derives one context, and from that one per provider (SQLite, MySQL), each with its own migrations.
/// </summary>
/// <param name="options">The provider.</param>
public abstract class ServiceDbContext(DbContextOptions options) : DbContext(options)
{
    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        EntityConventions.Apply(configurationBuilder);
        configurationBuilder.Conventions.Add(_ => new SnakeCaseColumns());
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        // The collation with which migrations make columns. It ignores blanks at the end, so MySqlSchema gives every column one that does
        // not, which has another name on each server.
        if (Database.ProviderName == "Pomelo.EntityFrameworkCore.MySql") modelBuilder.UseCollation("utf8mb4_bin");
        // Each table is described beside its rows, in an IEntityTypeConfiguration: here those of every service, then the service's own.
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ServiceDbContext).Assembly);
        modelBuilder.ApplyConfigurationsFromAssembly(GetType().Assembly);
    }
}
