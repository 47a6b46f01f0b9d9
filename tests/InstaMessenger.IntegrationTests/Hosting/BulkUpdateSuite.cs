using System.Globalization;
using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.IntegrationTests.Hosting;

/// <summary>Changed rows are written as EF would write them, on every database.</summary>
public abstract class BulkUpdateSuite : IAsyncLifetime
{
    /// <summary>More than one statement takes on MySQL.</summary>
    private const int Parcels = 130;

    private static readonly DateTime Noon = new(2026, 11, 27, 12, 0, 0, 123, 456, DateTimeKind.Utc);

    internal enum ParcelState
    {
        Waiting,
        Gone,
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await OpenServerAsync();
        await using var db = Open();
        await db.Database.EnsureCreatedAsync(Cancelled);
        db.AddRange(Enumerable.Range(1, Parcels).Select(id => new Parcel { Id = $"p{id}", Shelf = id % 2, Note = "fragile" }));
        await db.SaveChangesAsync(Cancelled);
    }

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Only_changed_columns_are_written_as_their_mapping_stores_them()
    {
        await using var db = await OpenAsync();
        var parcels = await AllAsync(db);
        await ChangeAsync("UPDATE parcels SET note = 'by another' WHERE id = 'p1'");

        (parcels["p1"].State, parcels["p1"].SentAt, parcels["p1"].IsHeavy) = (ParcelState.Gone, Noon, true);
        (parcels["p2"].State, parcels["p2"].Note) = (ParcelState.Gone, null);
        db.ChangeTracker.DetectChanges();
        (await BulkUpdate.ChangedAsync<Parcel>(db)).ShouldBe(2);

        var now = await AllAsync(Open());
        now["p1"].ShouldBe(new Parcel
        {
            Id = "p1", Shelf = 1, State = ParcelState.Gone, Note = "by another", SentAt = Noon, IsHeavy = true,
        });
        now["p2"].ShouldBe(new Parcel { Id = "p2", Shelf = 0, State = ParcelState.Gone, Note = null });
        now["p3"].ShouldBe(new Parcel { Id = "p3", Shelf = 1, Note = "fragile" });
    }

    [Fact]
    public async Task Each_of_many_gets_its_own_values()
    {
        await using var db = await OpenAsync();
        var parcels = await AllAsync(db);
        foreach (var parcel in parcels.Values)
        {
            var n = int.Parse(parcel.Id[1..], CultureInfo.InvariantCulture);
            // Some to nothing, some to a text that has to be quoted, some to what they were.
            parcel.Note = n % 3 == 0 ? null : n % 3 == 1 ? $"it's \\ '{n}' 😀" : "fragile";
            parcel.SentAt = n % 2 == 0 ? Noon.AddSeconds(n) : null;
            parcel.Version++;
        }

        var expected = parcels.ToDictionary(parcel => parcel.Key, parcel => parcel.Value with { });
        db.ChangeTracker.DetectChanges();
        (await BulkUpdate.ChangedAsync<Parcel>(db)).ShouldBe(Parcels);
        db.ChangeTracker.HasChanges().ShouldBeFalse();

        var now = await AllAsync(Open());
        foreach (var (id, parcel) in expected) now[id].ShouldBe(parcel);
    }

    [Fact]
    public async Task What_is_written_is_not_written_again_and_may_change_again()
    {
        await using var db = await OpenAsync();
        var parcel = (await AllAsync(db))["p2"];
        (parcel.Note, parcel.Version) = ("first", 1);
        db.ChangeTracker.DetectChanges();
        await BulkUpdate.ChangedAsync<Parcel>(db);
        db.ChangeTracker.HasChanges().ShouldBeFalse();

        (parcel.Note, parcel.Version) = ("second", 2);
        db.ChangeTracker.DetectChanges();
        (await BulkUpdate.ChangedAsync<Parcel>(db)).ShouldBe(1);

        var now = (await AllAsync(Open()))["p2"];
        (now.Note, now.Version).ShouldBe(("second", 2));
    }

    [Fact]
    public async Task A_change_to_what_was_there_already_counts_as_written()
    {
        await using var db = await OpenAsync();
        var parcel = (await AllAsync(db))["p4"];
        db.Entry(parcel).Property(row => row.Note).IsModified = true;
        (await BulkUpdate.ChangedAsync<Parcel>(db)).ShouldBe(1);
    }

    [Fact]
    public async Task A_row_that_another_changed_is_not_overwritten()
    {
        await using var db = await OpenAsync();
        var parcels = await AllAsync(db);
        await ChangeAsync("UPDATE parcels SET version = 7, note = 'by another' WHERE id = 'p3'");
        foreach (var id in (string[])["p2", "p3", "p4"]) (parcels[id].Note, parcels[id].Version) = ("mine", 1);
        db.ChangeTracker.DetectChanges();

        await Should.ThrowAsync<DbUpdateConcurrencyException>(BulkUpdate.ChangedAsync<Parcel>(db));

        (await AllAsync(Open()))["p3"].Note.ShouldBe("by another");
    }

    private protected abstract Task OpenServerAsync();

    private protected abstract void Use(DbContextOptionsBuilder options);

    private ParcelDb Open()
    {
        var options = new DbContextOptionsBuilder<ParcelDb>();
        Use(options);
        return new ParcelDb(options.Options);
    }

    /// <summary>With its connection open, as a unit has it.</summary>
    private protected async Task<ParcelDb> OpenAsync()
    {
        var db = Open();
        await db.Database.OpenConnectionAsync(Cancelled);
        return db;
    }

    private protected static Task<Dictionary<string, Parcel>> AllAsync(ParcelDb db) =>
        db.Parcels.ToDictionaryAsync(parcel => parcel.Id, Cancelled);

    private async Task ChangeAsync(string sql)
    {
        await using var db = Open();
        await db.Database.ExecuteSqlRawAsync(sql, Cancelled);
    }

    internal sealed record Parcel
    {
        public required string Id { get; init; }

        /// <summary>The second half of the key.</summary>
        public int Shelf { get; init; }

        public ParcelState State { get; set; }

        public string? Note { get; set; }

        public DateTime? SentAt { get; set; }

        public bool IsHeavy { get; set; }

        public int Version { get; set; }
    }

    private protected sealed class ParcelDb(DbContextOptions options) : DbContext(options)
    {
        public DbSet<Parcel> Parcels => Set<Parcel>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Parcel>(entity =>
        {
            entity.ToTable("parcels");
            entity.HasKey(parcel => new { parcel.Id, parcel.Shelf });
            entity.Property(parcel => parcel.Id).HasColumnName("id").HasMaxLength(20);
            entity.Property(parcel => parcel.Shelf).HasColumnName("shelf").ValueGeneratedNever();
            entity.Property(parcel => parcel.State).HasColumnName("state").HasConversion<string>();
            entity.Property(parcel => parcel.Note).HasColumnName("note");
            entity.Property(parcel => parcel.SentAt).HasColumnName("sent_at")
                .HasConversion(time => time, time => time == null ? null : DateTime.SpecifyKind(time.Value, DateTimeKind.Utc));
            entity.Property(parcel => parcel.IsHeavy).HasColumnName("is_heavy");
            entity.Property(parcel => parcel.Version).HasColumnName("version").IsConcurrencyToken();
        });
    }
}

public sealed class SqliteBulkUpdateTests : BulkUpdateSuite
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public override ValueTask DisposeAsync() => _connection.DisposeAsync();

    private protected override Task OpenServerAsync() => _connection.OpenAsync();

    private protected override void Use(DbContextOptionsBuilder options) => options.UseSqlite(_connection);
}

public sealed class MariaDbBulkUpdateTests(SharedServers servers) : BulkUpdateSuite
{
    private string _database = "";

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A server reads a small table as a whole where it may, and waits for every row in it that somebody holds.</summary>
    [Fact]
    public async Task A_row_that_another_unit_holds_and_this_one_leaves_alone_is_not_waited_for()
    {
        await using var holder = await OpenAsync();
        await using var transaction = await holder.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await holder.Database.ExecuteSqlRawAsync(
            "UPDATE parcels SET note = 'held' WHERE id = 'p130' AND shelf = 0", TestContext.Current.CancellationToken);
        await using var db = await OpenAsync();
        await db.Database.ExecuteSqlRawAsync(
            "SET SESSION innodb_lock_wait_timeout = 1; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
            TestContext.Current.CancellationToken);
        var others = (await AllAsync(db)).Values.Where(parcel => parcel.Id != "p130").Take(100).ToList();

        others.ForEach(parcel => parcel.Note = "mine");
        db.ChangeTracker.DetectChanges();

        (await BulkUpdate.ChangedAsync<Parcel>(db)).ShouldBe(100);
    }

    private protected override async Task OpenServerAsync() => _database = await (await servers.MariaDbAsync()).NewDatabaseAsync();

    private protected override void Use(DbContextOptionsBuilder options) =>
        options.UseMySql(_database, new MariaDbServerVersion(new Version(10, 6)));
}
