using InstaMessenger.Hosting.Database;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Hosting.Database;

/// <summary>A row that cannot be read is left out and told once; a page is full without it.</summary>
public sealed class ReadableRowsTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly Lines _told = new();
    private readonly LoggerFactory _loggers;

    public ReadableRowsTests()
    {
        _loggers = new LoggerFactory([_told]);
        _connection.Open();
        using var db = new Beds(_connection, _loggers);
        db.Database.EnsureCreated();
    }

    private enum BedState
    {
        Sown,
    }

    public void Dispose()
    {
        _connection.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task A_page_is_full_although_rows_of_it_are_rotten_and_each_of_them_is_told_once()
    {
        await SowAsync(10, "id IN (2, 3, 5)");
        await using var db = new Beds(_connection, _loggers);

        for (var time = 0; time < 2; time++) (await db.ReadableAsync(db.Set<Bed>().OrderBy(bed => bed.Id).Take, 5)).Select(bed => bed.Id)
            .ShouldBe([1, 4, 6, 7, 8]);

        _told.All.ShouldBe(["The row 2 of beds", "The row 3 of beds", "The row 5 of beds"]);
    }

    [Fact]
    public async Task All_rows_but_the_rotten_ones_are_read_and_what_a_query_makes_of_them_too()
    {
        await SowAsync(4, "id = 1");
        await using var db = new Beds(_connection, _loggers);

        (await db.ReadableAsync(db.Set<Bed>().OrderBy(bed => bed.Id))).Select(bed => bed.Id).ShouldBe([2, 3, 4]);
        (await db.ReadableAsync(db.Set<Bed>().OrderByDescending(bed => bed.Id).Select(bed => new { bed.Id, bed.State })))
            .Select(bed => bed.Id).ShouldBe([4, 3, 2]);

        // Told of the table in both cases: the name of a type that a query makes said nothing to anybody.
        _told.All.ShouldBe(["The row 1 of beds"]);
    }

    /// <summary>It was one for each row of the page.</summary>
    [Fact]
    public async Task A_rotten_row_costs_a_few_statements_however_many_rows_are_beside_it()
    {
        await SowAsync(300, "id IN (17, 170)");
        await using var db = new Beds(_connection, _loggers);
        _told.Statements = 0;

        (await db.ReadableAsync(db.Set<Bed>().OrderBy(bed => bed.Id).Take, 200)).Select(bed => bed.Id)
            .ShouldBe(Enumerable.Range(1, 202).Except([17, 170]));

        _told.Statements.ShouldBeInRange(10, 40);
    }

    [Fact]
    public async Task A_table_of_another_version_is_no_rotten_row()
    {
        await SowAsync(1_100, "id > 20");
        await using var db = new Beds(_connection, _loggers);

        (await db.ReadableAsync(db.Set<Bed>().OrderBy(bed => bed.Id).Take, 20)).Count.ShouldBe(20);
        await Should.ThrowAsync<InvalidOperationException>(() => db.ReadableAsync(db.Set<Bed>().OrderBy(bed => bed.Id).Take, 21));
    }

    private async Task SowAsync(int beds, string rotten)
    {
        await using var db = new Beds(_connection, _loggers);
        db.AddRange(Enumerable.Range(1, beds).Select(id => new Bed { Id = id }));
        await db.SaveChangesAsync();
#pragma warning disable EF1002 // The condition is this test's own.
        await db.Database.ExecuteSqlRawAsync($"UPDATE beds SET State = 'Fallow' WHERE {rotten}");
#pragma warning restore EF1002
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> All { get; } = [];

        public int Statements { get; set; }

        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == RelationalEventId.CommandExecuted.Id) Statements++;
            if (eventId.Name == "row.unreadable") All.Add(formatter(state, exception).Split(" cannot")[0]);
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }

    private sealed class Bed
    {
        public int Id { get; init; }

        public BedState State { get; init; }
    }

    private sealed class Beds(SqliteConnection connection, ILoggerFactory loggers) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
            optionsBuilder.UseSqlite(connection).UseLoggerFactory(loggers);

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Bed>().ToTable("beds");
            modelBuilder.Entity<Bed>().Property(bed => bed.State).HasConversion<string>();
        }
    }
}
