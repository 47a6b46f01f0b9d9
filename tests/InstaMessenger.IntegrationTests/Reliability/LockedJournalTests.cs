using InstaMessenger.IntegrationTests.Product;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// A backup or a person's shell holds the journal: Meta is told to come again, and nothing is answered 200 that is not kept.
/// </summary>
[Collection(ReliabilityCollection.Name)]
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class LockedJournalTests(StandaloneProduct product)
{
    private const int PerSecond = 20;
    private static readonly TimeSpan Locked = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_locked_journal_is_503_and_recovers_by_itself()
    {
        await using var shop = await Shop.OpenAsync(product);
        var customer = await shop.NewWriterAsync();
        var webhooks = shop.Meta.Webhooks;
        var before = webhooks.Attempts.All.Count;

        await using var journal = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = product.Folder.Find("ingress.db"), Pooling = false }.ToString());
        await journal.OpenAsync();
        await ExecuteAsync(journal, "BEGIN EXCLUSIVE");
        webhooks.RedeliverySchedule = [.. Enumerable.Repeat(TimeSpan.FromSeconds(1), 60)];
        var sent = await OpenLoop.RunAsync(PerSecond, Task.Delay(Locked, TimeProvider.System), n => customer.SayAsync($"in {n}"));
        await ExecuteAsync(journal, "COMMIT");
        var recovered = await Until.TrueAsync(
            () => webhooks.Undelivered == 0, TimeSpan.FromSeconds(60), () => $"{webhooks.Undelivered} webhooks are still refused");
        webhooks.RedeliverySchedule = [];

        var crm = await CrmLedger.WaitAsync(shop.Crm, 1 + sent, TimeSpan.FromSeconds(60));
        var posts = webhooks.Attempts.All.Skip(before).ToList();
        var statuses = string.Join(
            ", ",
            posts.CountBy(post => post.Status?.ToString() ?? "none").OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}: {pair.Value}"));
        var lost = crm.Missing(Enumerable.Range(0, sent).Select(n => $"in {n}"));
        Figures.Print($"R3: journal locked {Locked.TotalSeconds} s, {sent} webhooks at {PerSecond}/s, answers {statuses}, slowest "
            + $"{posts.Max(post => post.DurationMs) / 1000:N1} s, all taken {recovered.TotalSeconds:N1} s after the lock, {lost.Count} "
            + $"lost");
        posts.ShouldAllBe(post => post.Status == 200 || post.Status == 503);
        posts.ShouldContain(post => post.Status == 503);
        lost.ShouldBeEmpty();
        crm.Doubled.ShouldBeEmpty();
        new StoreRows(product, shop).Inbound().Select(row => row.Mid).ShouldBeUnique();
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
