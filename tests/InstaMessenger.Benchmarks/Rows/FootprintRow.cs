using System.Diagnostics;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;
using Microsoft.Data.Sqlite;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>What standalone asks of a small server: how soon it is ready, and its memory after a million messages.</summary>
internal static class FootprintRow
{
    private const int Messages = 1_000_000;
    private const int PerWebhook = 1_000;
    private const int Connections = 4;
    private const int MostMegabytes = 250;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(BenchRun run)
    {
        var folder = run.NewFolder("footprint");
        await using var installation = await Installation.StandaloneAsync(folder);
        var process = installation.Processes[0];
        run.Add(
            "standalone from a built tree, with an empty folder",
            "ready in 5 s",
            $"{process.ReadyAfter.TotalSeconds:0.0} s, {Megabytes(process.ResidentBytes):0} MB",
            process.ReadyAfter.TotalSeconds <= 5);

        // Full batches, as Meta posts them after an outage, or the million would take a quarter of an hour.
        await installation.LinkAsync(BenchRun.Account, crm: null);
        var began = Stopwatch.GetTimestamp();
        var load = new WebhookLoad([process.EndPoint], new WebhookRequests(BenchRun.Account, PerWebhook), Connections);
        await load.PostAsync(Messages);
        var stored = await WaitUntilStoredAsync(Path.Combine(folder, "data", "store.db"));
        var took = Stopwatch.GetElapsedTime(began);
        await Task.Delay(Rest, TimeProvider.System);
        var (now, most) = (Megabytes(process.ResidentBytes), Megabytes(process.MostResidentBytes));
        run.Add(
            $"standalone after {Messages:#,0} messages", $"under {MostMegabytes} MB",
            $"{now:0} MB, at most {most:0} MB; {stored:#,0} stored at {stored / took.TotalSeconds:#,0}/s, {load.Refused} refused",
            now < MostMegabytes && stored == Messages && load.Refused == 0);
    }

    /// <summary>Waits until all are there, or none came for 30 s.</summary>
    private static async Task<long> WaitUntilStoredAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=false");
        connection.Open();
        var (stored, since) = (0L, Stopwatch.GetTimestamp());
        while (stored < Messages && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            await using var command = connection.CreateCommand();
            // None is ever deleted, so the highest key is their number; counting them each second would be load.
            command.CommandText = "SELECT ifnull(max(sequence), 0) FROM messages";
            var now = (long)command.ExecuteScalar()!;
            if (now > stored) (stored, since) = (now, Stopwatch.GetTimestamp());
        }

        return stored;
    }

    private static double Megabytes(long bytes) => bytes / 1048576.0;
}
