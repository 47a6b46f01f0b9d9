using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace InstaMessenger.IntegrationTests.Hosting.Probe;

/// <summary>A small service's database, to try the foundation with; like a real one it has migrations for both providers.</summary>
public abstract class ProbeDbContext(DbContextOptions options) : ServiceDbContext(options)
{
    public DbSet<Counter> Counters => Set<Counter>();

    public DbSet<Note> Notes => Set<Note>();

    /// <summary>What a context keeps beside its rows until it saves, as the store's does with pending events.</summary>
    public IList<string> Remembered { get; } = [];

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Counter>(entity =>
        {
            entity.ToTable("counters");
            entity.Property(row => row.Name).HasMaxLength(50);
            entity.HasKey(row => row.Name);
            entity.Property(row => row.Value).IsConcurrencyToken();
        });
        modelBuilder.Entity<Note>(entity =>
        {
            entity.ToTable("notes");
            entity.Property(row => row.Text).HasMaxLength(200);
            entity.HasIndex(row => row.Text).IsUnique();
        });
    }
}

/// <summary>A row that units meet in.</summary>
public sealed class Counter
{
    public required string Name { get; init; }

    public long Value { get; set; }
}

/// <summary>A row with a unique text.</summary>
public sealed class Note
{
    public long Id { get; private set; }

    public required string Text { get; init; }
}

public sealed class SqliteProbeDbContext(DbContextOptions options) : ProbeDbContext(options);

public sealed class MySqlProbeDbContext(DbContextOptions options) : ProbeDbContext(options);

internal sealed class SqliteProbeDesign : IDesignTimeDbContextFactory<SqliteProbeDbContext>
{
    public SqliteProbeDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteProbeDbContext>().UseSqlite("Data Source=design.db").Options);
}

internal sealed class MySqlProbeDesign : IDesignTimeDbContextFactory<MySqlProbeDbContext>
{
    public MySqlProbeDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MySqlProbeDbContext>()
            .UseMySql("Server=none", new MariaDbServerVersion(new Version(10, 6))).Options);
}
