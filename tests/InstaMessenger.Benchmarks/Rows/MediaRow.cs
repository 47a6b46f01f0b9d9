using System.Net.ServerSentEvents;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;
using InstaMessenger.Simulator;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>Messages with pictures that are fetched and kept: what that costs the messages.</summary>
internal static class MediaRow
{
    private const int PerSecond = 50;
    private const int Pictures = 1_000;
    private const int PictureBytes = 200 * 1024;
    private const int Waiting = 10_000;

    /// <summary>The account of those that wait: its messages have the numbers of the measured ones.</summary>
    private const string Other = "17841400000000002";

    private static readonly TimeSpan AllKeptWithin = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(BenchRun run)
    {
        await using var cdn = await SimulatorHost.StartAsync(new SimulatorOptions { KeepBodies = false });
        cdn.Meta.Cdn.Put("picture", [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[PictureBytes - 4]]);
        cdn.Meta.Cdn.Answer("silence", http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted));
        var (without, _) = await MeasureAsync(run, null, null);
        var (with, kept) = await MeasureAsync(run, AddressOf("picture"), null);
        var (behind, _) = await MeasureAsync(run, null, AddressOf("silence"));
        run.Add(
            $"webhook → SSE client at {PerSecond}/s, each with a picture of 200 KB that is kept",
            "p99 ≤ 1.5 × of text, all kept",
            $"{with}; text {without}; {kept:#,0} of {Pictures:#,0} kept",
            with.P99 <= 1.5 * without.P99 && kept == Pictures,
            without.P99,
            with.P99 / without.P99);
        run.Add(
            $"webhook → SSE client at {PerSecond}/s while {Waiting:#,0} attachments wait for a CDN that is silent",
            "p99 ≤ 1.5 × of without",
            $"{behind}; without {without}",
            behind.P99 <= 1.5 * without.P99,
            without.P99,
            behind.P99 / without.P99);

        string AddressOf(string name) => new Uri(cdn.BaseAddress, $"cdn/{name}").ToString();
    }

    private static async Task<(Latencies Latencies, int Kept)> MeasureAsync(BenchRun run, string? picture, string? silence)
    {
        // See PipelineRows: what a cold process compiles would be measured as the stream's delay.
        var (warmUp, measured) = (run.Sustained / 2, TimeSpan.FromSeconds(Pictures / PerSecond));
        using var journeys = new Journeys((int)(PerSecond * (warmUp + measured).TotalSeconds) + 1);
        await using var installation = await Installation.StandaloneAsync(run.NewFolder("media"));
        await installation.LinkAsync(BenchRun.Account, crm: null);
        if (silence is not null) await LetWaitAsync(installation, silence);
        using var over = new CancellationTokenSource();
        using var kept = new KeptPictures();
        await using var stream = await installation.Http.GetStreamAsync("/api/v1/events/stream");
        var listening = ListenAsync(stream, journeys, kept, over.Token);
        var load = new WebhookLoad(
            installation.Webhooks,
            new WebhookRequests(BenchRun.Account, what: picture is null ? null : WebhookThings.Picture(picture)),
            connections: 16)
        {
            BeforePost = journeys.SetOutAsync,
        };

        await load.RunAsync(warmUp, PerSecond);
        await journeys.WaitForAllAsync();
        if (picture is not null) await kept.ReachAsync(load.Posted, AllKeptWithin);
        var before = kept.Count;
        journeys.Latencies = new Latencies();
        await load.RunAsync(measured, PerSecond);
        await journeys.WaitForAllAsync();
        if (picture is not null) await kept.ReachAsync(load.Posted, AllKeptWithin);
        await over.CancelAsync();
        await listening;
        return (journeys.Latencies, kept.Count - before);
    }

    /// <summary>Messages of another account, whose attachments never come.</summary>
    private static async Task LetWaitAsync(Installation installation, string silence)
    {
        await installation.LinkAsync(Other, crm: null);
        using var journeys = new Journeys(Waiting + 1);
        using var over = new CancellationTokenSource();
        using var kept = new KeptPictures();
        await using var stream = await installation.Http.GetStreamAsync("/api/v1/events/stream");
        var listening = ListenAsync(stream, journeys, kept, over.Token);
        var requests = new WebhookRequests(Other, messagesPerRequest: 100, WebhookThings.Picture(silence));
        var load = new WebhookLoad(installation.Webhooks, requests, connections: 4) { BeforePost = SetOutAsync };
        await load.PostAsync(Waiting);
        await journeys.WaitForAllAsync();
        await over.CancelAsync();
        await listening;

        async Task SetOutAsync(int first, long at)
        {
            for (var number = first; number < first + requests.MessagesPerRequest; number++) await journeys.SetOutAsync(number, at);
        }
    }

    private static async Task ListenAsync(Stream stream, Journeys journeys, KeptPictures kept, CancellationToken over)
    {
        try
        {
            var events = SseParser.Create(stream, (type, data) => (Type: type, Number: MessageNumber.Find(data), IsKept: IsKept(data)));
            await foreach (var item in events.EnumerateAsync(over))
            {
                if (item.Data.Type == "message.received") journeys.Arrive(item.Data.Number);
                else if (item.Data is { Type: "message.media", IsKept: true }) kept.Add();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static bool IsKept(ReadOnlySpan<byte> data) => data.IndexOf("\"state\":\"kept\""u8) >= 0;

    private sealed class KeptPictures : IDisposable
    {
        private readonly SemaphoreSlim _more = new(0);
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add()
        {
            Interlocked.Increment(ref _count);
            _more.Release();
        }

        /// <summary>Waits for so many, or until none has come for a while.</summary>
        public async Task ReachAsync(int count, TimeSpan patience)
        {
            while (Count < count && await _more.WaitAsync(patience))
            {
            }
        }

        public void Dispose() => _more.Dispose();
    }
}
