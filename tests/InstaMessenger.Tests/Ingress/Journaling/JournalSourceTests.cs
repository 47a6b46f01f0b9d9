using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Ingress.Journaling;
using InstaMessenger.Tests.Shared;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Ingress.Journaling;

public sealed class JournalSourceTests
{
    [Fact]
    public async Task A_round_of_large_bodies_is_small_and_the_next_follows_at_once()
    {
        using var folder = new TemporaryFolder();
        await using var journal = Open(folder);
        var source = new JournalSource(journal);
        for (var n = 0; n < 5; n++) (await journal.TryAppendAsync(new byte[1024 * 1024])).ShouldBeTrue();
        await WokenAsync(source);

        (await source.ReadAsync(500, default)).Count.ShouldBe(2);

        await WokenAsync(source);
    }

    [Fact]
    public async Task Only_what_was_confirmed_is_forgotten()
    {
        using var folder = new TemporaryFolder();
        await using var journal = Open(folder);
        var source = new JournalSource(journal);
        for (byte n = 1; n <= 7; n++) (await journal.TryAppendAsync([n])).ShouldBeTrue();
        var rows = await source.ReadAsync(500, default);
        rows.Select(Content).ShouldBe([1, 2, 3, 4, 5, 6, 7]);

        await source.MarkAsync([.. rows.Where(row => Content(row) is 1 or 2 or 5 or 7)], default);

        (await source.ReadAsync(500, default)).Select(Content).ShouldBe([3, 4, 6]);
    }

    [Fact]
    public async Task A_new_journal_has_no_rows()
    {
        using var folder = new TemporaryFolder();
        await using var journal = Open(folder);
        (await new JournalSource(journal).ReadAsync(500, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_whose_time_is_none_holds_up_nobody()
    {
        using var folder = new TemporaryFolder();
        await using var journal = Open(folder);
        for (byte n = 1; n <= 3; n++) (await journal.TryAppendAsync([n])).ShouldBeTrue();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "ingress.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var spoil = connection.CreateCommand();
            spoil.CommandText =
                "UPDATE journal SET received_at = CASE id WHEN 1 THEN -9223372036854775808 ELSE 9223372036854775807 END WHERE id < 3";
            (await spoil.ExecuteNonQueryAsync()).ShouldBe(2);
        }

        (await new JournalSource(journal).ReadAsync(500, default)).Select(Content).ShouldBe([1, 2, 3]);
    }

    private static int Content(RelayRow row) => ((WebhookReceived)row.Message).Body[0];

    /// <summary>The clock stands still, so only a wake-up ends the sleep.</summary>
    private static Task WokenAsync(JournalSource source) =>
        source.Signal.SleepAsync(TimeSpan.FromSeconds(1), new FakeTimeProvider(), default).WaitAsync(Patience.Long);

    private static Journal Open(TemporaryFolder folder) => new(
        new ConfigurationBuilder().AddInMemoryCollection([new("Data:Directory", folder.Path)]).Build(),
        Options.Create(new JournalOptions()),
        TimeProvider.System,
        NullLogger<Journal>.Instance);
}
