using System.Net;
using System.Text;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Tests.Ingress.Journaling;

public sealed class JournalTests
{
    /// <summary>Where a SQLite file says which version may write it (sqlite.org/fileformat2, "File format version numbers").</summary>
    private const int WriteVersionAt = 18;

    private const byte Wal = 2;
    private const byte Future = 3;

    [Fact]
    public async Task Ids_grow_across_emptying_and_restart()
    {
        using var folder = new TemporaryFolder();
        var ids = new List<string>();
        for (var start = 0; start < 3; start++)
        {
            await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
            for (var n = 0; n < 2; n++)
            {
                (await ingress.PostAsync("{}")).EnsureSuccessStatusCode();
                ids.Add((await ingress.Bus.NextAsync()).Id);
                await EmptiedAsync(folder);
            }
        }

        ids.ShouldBe([.. Enumerable.Range(1, 6).Select(n => $"ingress.journal-{n}")]);
    }

    [Fact]
    public async Task What_was_not_published_is_published_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await IngressHost.StartAsync(folder, IngressHost.OneApp, brokerDown: true))
        {
            (await before.PostAsync("""{"n":1}""")).EnsureSuccessStatusCode();
        }

        await using var after = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        Encoding.UTF8.GetString((await after.Bus.NextAsync()).Body.Body).ShouldBe("""{"n":1}""");
    }

    [Fact]
    public async Task A_foreign_lock_is_answered_503_within_Metas_five_seconds_and_the_journal_recovers()
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        (await ingress.PostAsync("{}")).EnsureSuccessStatusCode();
        await ingress.Bus.NextAsync();
        await EmptiedAsync(folder);

        await using var foreign = Open(folder);
        Execute(foreign, "BEGIN EXCLUSIVE");
        var began = TimeProvider.System.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ingress.PostAsync("{}")));
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        foreach (var answer in answers) await ShouldBeUnavailableAsync(answer);
        (await ingress.ReadyAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);

        Execute(foreign, "ROLLBACK");
        (await ingress.PostAsync("""{"n":2}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        Encoding.UTF8.GetString((await ingress.Bus.NextAsync()).Body.Body).ShouldBe("""{"n":2}""");
        await ingress.UntilReadyAsync();
    }

    [Fact]
    public async Task A_read_only_file_is_answered_503_and_the_journal_recovers()
    {
        using var folder = new TemporaryFolder();
        await using (var first = await IngressHost.StartAsync(folder, IngressHost.OneApp)) (await first.PostAsync("{}"))
            .EnsureSuccessStatusCode();
        SqlitePools.Clear(folder.Path);
        // Not by file permissions: they do not bind root, which tests often are.
        SetWriteVersion(folder, Future);

        await using var ingress = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        await ShouldBeUnavailableAsync(await ingress.PostAsync("{}"));
        (await ingress.ReadyAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);

        SetWriteVersion(folder, Wal);
        (await ingress.PostAsync("{}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ingress.UntilReadyAsync();
    }

    [Fact]
    public async Task A_full_journal_is_answered_503_loses_nothing_and_recovers_when_the_broker_is_back()
    {
        using var folder = new TemporaryFolder();
        await using var ingress = await IngressHost.StartAsync(
            folder, [.. IngressHost.OneApp, "Ingress:JournalMaxBytes=262144"], brokerDown: true);
        var filler = new string('x', 30_000);
        var kept = 0;
        var answer = await PostAsync();
        for (; answer.StatusCode == HttpStatusCode.OK && kept < 8; answer = await PostAsync()) kept++;
        await ShouldBeUnavailableAsync(answer);
        kept.ShouldBeGreaterThan(3);
        (await ingress.ReadyAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);

        ingress.Bus.Down = false;
        for (var n = 0; n < kept; n++) Encoding.UTF8.GetString((await ingress.Bus.NextAsync()).Body.Body)
            .ShouldStartWith($$"""{"n":{{n}},""");
        await EmptiedAsync(folder);
        (await ingress.PostAsync("{}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ingress.UntilReadyAsync();

        Task<HttpResponseMessage> PostAsync() => ingress.PostAsync($$"""{"n":{{kept}},"filler":"{{filler}}"}""");
    }

    [Fact]
    public async Task A_second_process_on_the_same_journal_does_not_start()
    {
        using var folder = new TemporaryFolder();
        await using var first = await IngressHost.StartAsync(folder, IngressHost.OneApp);
        var error = await Should.ThrowAsync<InvalidOperationException>(() => IngressHost.StartAsync(folder, IngressHost.OneApp));
        error.Message.ShouldContain("Another process uses");
    }

    private static async Task ShouldBeUnavailableAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await answer.Content.ReadAsStringAsync()).ShouldContain("journal_unavailable");
    }

    /// <summary>Waits until the relay has deleted what was published.</summary>
    private static async Task EmptiedAsync(TemporaryFolder folder)
    {
        await using var connection = Open(folder);
        await using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM journal";
        var began = TimeProvider.System.GetTimestamp();
        while (await count.ExecuteScalarAsync() is not 0L)
        {
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
    }

    private static void SetWriteVersion(TemporaryFolder folder, byte version)
    {
        using var file = File.OpenWrite(Path.Combine(folder.Path, "ingress.db"));
        file.Position = WriteVersionAt;
        file.WriteByte(version);
    }

    private static SqliteConnection Open(TemporaryFolder folder)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "ingress.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
