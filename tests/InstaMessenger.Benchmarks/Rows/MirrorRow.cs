using System.Diagnostics;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;
using MySqlConnector;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>
/// What a mirror in a CRM's MariaDB costs the webhooks, and how fast it is. In turns with a product without one, because a machine's speed
/// changes within minutes; the server is on the same machine and takes its part of it.
/// </summary>
internal static class MirrorRow
{
    private const int Rounds = 2;
    private const int Connections = 64;
    private const int UnderWay = 4_000;
    private const int MostPerSecond = 20_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(BenchRun run)
    {
        using var none = new Journeys(1);
        await using var crm = await CrmReceiver.StartAsync(none);
        var database = await (await run.MariaDbAsync()).NewDatabaseAsync();
        await using var plain = await Installation.StandaloneAsync(run.NewFolder("without-mirror"));
        await using var mirrored = await Installation.StandaloneAsync(
            run.NewFolder("mirror"), new Dictionary<string, string> { ["CrmMirror"] = database });
        foreach (var installation in (Installation[])[plain, mirrored]) await installation.LinkAsync(BenchRun.Account, crm.Address);

        // The first ones warm up.
        await MeasureAsync(run, plain, crm, 0);
        await MeasureAsync(run, mirrored, crm, 0);
        await CompleteAsync(database);
        var (without, with, rows, behind) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= Rounds; round++)
        {
            without.Add(await MeasureAsync(run, plain, crm, round));
            var (clock, before) = (Stopwatch.StartNew(), await RowsAsync(database));
            with.Add(await MeasureAsync(run, mirrored, crm, round));
            rows.Add((await RowsAsync(database) - before) / clock.Elapsed.TotalSeconds);
            behind.Add(await CompleteAsync(database));
            BenchRun.Say($"round {round}: {without[^1]:0}/s without, {with[^1]:0}/s with; {rows[^1]:0} rows/s mirrored meanwhile");
        }

        run.Add(
            "webhook → stored → CRM, standalone with a mirror in a MariaDB of the CRM's",
            "0.95 × without",
            $"{with.Average():#,0}/s",
            with.Average() >= 0.95 * without.Average(),
            without.Average(),
            with.Average() / without.Average());
        run.Add(
            "mirrored meanwhile",
            "-",
            $"{rows.Average():#,0} messages/s; everything {behind.Average():0.0} s after the end",
            rows.TrueForAll(perSecond => perSecond > 0));
        run.Add("the mirror filled anew", "-", $"{await FillAsync(database):#,0} messages/s", true);
    }

    /// <returns>Messages in a second.</returns>
    private static async Task<double> MeasureAsync(BenchRun run, Installation installation, CrmReceiver crm, int part)
    {
        var most = (int)(MostPerSecond * run.Short.TotalSeconds);
        // Numbers that no part before had: a message that is posted twice is told once.
        using var journeys = new Journeys((part + 1) * most, UnderWay);
        crm.Journeys = journeys;
        var load = new WebhookLoad(installation.Webhooks, new WebhookRequests(BenchRun.Account), Connections)
        {
            First = part * most, BeforePost = journeys.SetOutAsync,
        };
        await load.RunAsync(run.Short);
        var perSecond = journeys.Arrived / run.Short.TotalSeconds;
        await journeys.WaitForAllAsync();
        return perSecond;
    }

    /// <summary>Fills an emptied mirror and returns how many messages came in a second.</summary>
    private static async Task<double> FillAsync(string database)
    {
        await ExecuteAsync(
            database,
            "TRUNCATE insta_messages; TRUNCATE insta_conversations; TRUNCATE insta_contacts; UPDATE insta_mirror SET sequence = NULL");
        var clock = Stopwatch.StartNew();
        while (await ExecuteAsync(database, "SELECT COUNT(*) FROM insta_messages") == 0) await PauseAsync();
        var began = clock.Elapsed;
        await CompleteAsync(database);
        return await RowsAsync(database) / (clock.Elapsed - began).TotalSeconds;
    }

    /// <summary>Waits until nothing comes any more and no fill is under way, and returns how long it took (s).</summary>
    private static async Task<double> CompleteAsync(string database)
    {
        var (clock, last, since) = (Stopwatch.StartNew(), -1L, TimeSpan.Zero);
        while (clock.Elapsed < Patience)
        {
            var rows = await RowsAsync(database) + (1_000_000_000L * await ExecuteAsync(database, "SELECT COUNT(*) FROM insta_fills"));
            if (rows != last) (last, since) = (rows, clock.Elapsed);
            else if (rows < 1_000_000_000L && clock.Elapsed - since > TimeSpan.FromSeconds(3)) return since.TotalSeconds;
            await PauseAsync();
        }

        throw new TimeoutException("The mirror is not complete.");
    }

    private static Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);

    private static Task<long> RowsAsync(string database) => ExecuteAsync(database, "SELECT COUNT(*) FROM insta_messages");

    private static async Task<long> ExecuteAsync(string database, string sql)
    {
        await using var connection = new MySqlConnection(database);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
