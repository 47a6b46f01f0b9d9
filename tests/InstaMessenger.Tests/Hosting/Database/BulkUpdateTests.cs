using InstaMessenger.Hosting.Database;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Hosting.Database;

/// <summary>Changed rows are written as EF would write them.</summary>
public sealed class BulkUpdateTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public BulkUpdateTests()
    {
        _connection.Open();
        using var db = Open();
        db.Database.EnsureCreated();
        db.AddRange(Enumerable.Range(1, 3).Select(id => new Parcel { Id = id, State = ParcelState.Waiting, Note = "fragile" }));
        db.SaveChanges();
    }

    private enum ParcelState
    {
        Waiting,
        Gone,
    }

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task Only_changed_columns_are_written_as_their_mapping_stores_them()
    {
        await using var db = Open();
        var parcels = await db.Parcels.OrderBy(parcel => parcel.Id).ToListAsync(TestContext.Current.CancellationToken);
        Execute("UPDATE parcels SET note = 'by another' WHERE id = 1");

        (parcels[0].State, parcels[1].State, parcels[1].Note) = (ParcelState.Gone, ParcelState.Gone, null);
        db.ChangeTracker.DetectChanges();
        (await BulkUpdate.ChangedAsync<Parcel>(db)).ShouldBe(2);

        Rows().ShouldBe(["1 Gone by another 0", "2 Gone - 0", "3 Waiting fragile 0"]);
    }

    [Fact]
    public async Task What_is_written_is_not_written_again_and_may_change_again()
    {
        await using var db = Open();
        var parcel = await db.Parcels.SingleAsync(row => row.Id == 2, TestContext.Current.CancellationToken);
        (parcel.Note, parcel.Version) = ("first", 1);
        db.ChangeTracker.DetectChanges();
        await BulkUpdate.ChangedAsync<Parcel>(db);
        db.ChangeTracker.HasChanges().ShouldBeFalse();

        (parcel.Note, parcel.Version) = ("second", 2);
        db.ChangeTracker.DetectChanges();
        (await BulkUpdate.ChangedAsync<Parcel>(db)).ShouldBe(1);

        Rows()[1].ShouldBe("2 Waiting second 2");
    }

    [Fact]
    public async Task A_row_that_another_changed_is_not_overwritten()
    {
        await using var db = Open();
        var parcel = await db.Parcels.SingleAsync(row => row.Id == 3, TestContext.Current.CancellationToken);
        Execute("UPDATE parcels SET version = 7, note = 'by another' WHERE id = 3");
        (parcel.Note, parcel.Version) = ("mine", 1);
        db.ChangeTracker.DetectChanges();

        await Should.ThrowAsync<DbUpdateConcurrencyException>(BulkUpdate.ChangedAsync<Parcel>(db));

        Rows()[2].ShouldBe("3 Waiting by another 7");
    }

    private ParcelDb Open() => new(new DbContextOptionsBuilder<ParcelDb>().UseSqlite(_connection).Options);

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private List<string> Rows()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT id || ' ' || state || ' ' || coalesce(note, '-') || ' ' || version FROM parcels ORDER BY id";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(reader.GetString(0));
        return rows;
    }

    private sealed class Parcel
    {
        public int Id { get; init; }

        public ParcelState State { get; set; }

        public string? Note { get; set; }

        public int Version { get; set; }
    }

    private sealed class ParcelDb(DbContextOptions options) : DbContext(options)
    {
        public DbSet<Parcel> Parcels => Set<Parcel>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Parcel>(entity =>
        {
            entity.ToTable("parcels");
            entity.Property(parcel => parcel.Id).HasColumnName("id").ValueGeneratedNever();
            entity.Property(parcel => parcel.State).HasColumnName("state").HasConversion<string>();
            entity.Property(parcel => parcel.Note).HasColumnName("note");
            entity.Property(parcel => parcel.Version).HasColumnName("version").IsConcurrencyToken();
        });
    }
}
