using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.Benchmarks.Measuring;
using InstaMessenger.Benchmarks.Processes;
using InstaMessenger.Simulator.Meta.Webhooks;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace InstaMessenger.Benchmarks.Rows;

/// <summary>The inbox in a browser on the same cores: its first view, a list of 50,000, a thread of 10,000, a message that comes.</summary>
internal static class InboxRow
{
    private const int Conversations = 50_000;
    private const int LongThread = 10_000;
    private const int WarmUp = 10;
    private const int Messages = WarmUp + 100;

    /// <summary>The newest conversation, which the list begins with.</summary>
    private static readonly string Newest = $"conv_{Conversations - 1:D32}";

    public static async Task RunAsync(BenchRun run)
    {
        var folder = run.NewFolder("inbox");
        string account;
        await using (var empty = await Installation.StandaloneAsync(folder)) account = await empty.LinkAsync(BenchRun.Account, crm: null);
        var file = Path.Combine(folder, "data", "store.db");
        await ReadsRow.FillAsync(file, account, Conversations * 20);
        await LengthenAsync(file);
        await using var installation = await Installation.StandaloneAsync(folder);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Array.Find(["/usr/bin/chromium", "/usr/bin/google-chrome"], System.IO.File.Exists),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });

        await FirstViewAsync(run, browser, installation, "desktop", 800);
        await FirstViewAsync(run, browser, installation, "phone: processor 4 × slower, 1.6 Mbit/s, 150 ms", 2_500);
        await ListAsync(run, browser, installation);
        await ThreadAsync(run, browser, installation);
        await LiveAsync(run, browser, installation);
    }

    /// <summary>Gives the newest conversation the oldest messages of the others.</summary>
    private static async Task LengthenAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE messages SET conversation_id = $newest WHERE id < $end";
        command.Parameters.AddWithValue("$newest", Newest);
        command.Parameters.AddWithValue("$end", $"msg_{LongThread:D32}");
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<IPage> OpenAsync(IBrowser browser, Installation installation, bool isPhone = false)
    {
        var address = installation.Processes[^1].Address.ToString();
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = address, Locale = "en-GB", ViewportSize = isPhone ? new() { Width = 390, Height = 844 } : null, IsMobile = isPhone,
        });
        var token = installation.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        await context.AddCookiesAsync([new() { Name = "im_session", Value = token, Url = address }]);
        return await context.NewPageAsync();
    }

    /// <summary>Until the largest thing is painted; the median of five visits with nothing in the browser's cache.</summary>
    private static async Task FirstViewAsync(BenchRun run, IBrowser browser, Installation installation, string device, int most)
    {
        var (paints, shifts) = (new List<double>(), 0.0);
        for (var visit = 0; visit < 5; visit++)
        {
            var page = await OpenAsync(browser, installation, device != "desktop");
            if (device != "desktop")
            {
                var devTools = await page.Context.NewCDPSessionAsync(page);
                await devTools.SendAsync("Emulation.setCPUThrottlingRate", new() { ["rate"] = 4 });
                await devTools.SendAsync("Network.emulateNetworkConditions", new()
                {
                    ["offline"] = false, ["latency"] = 150, ["downloadThroughput"] = 200_000, ["uploadThroughput"] = 200_000,
                });
            }

            await page.GotoAsync("/inbox?queue=all");
            await page.Locator("[data-id]").First.WaitForAsync();
            var seen = await page.EvaluateAsync<double[]>(
                """
                () => new Promise((done) => {
                  const found = { paint: 0, shift: 0 }
                  const watch = (type, take) =>
                    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
                  watch('largest-contentful-paint', (one) => { found.paint = one.startTime })
                  watch('layout-shift', (one) => { found.shift += one.hadRecentInput ? 0 : one.value })
                  setTimeout(() => done([found.paint, found.shift]), 500)
                })
                """);
            paints.Add(seen[0]);
            shifts = Math.Max(shifts, seen[1]);
            await page.Context.DisposeAsync();
        }

        var paint = paints.Order().ElementAt(paints.Count / 2);
        run.Add(
            $"the inbox's first view, {device}", $"LCP ≤ {most / 1000.0:0.0} s, CLS 0", $"{paint / 1000:0.00} s, {shifts:0.###}",
            paint <= most && shifts == 0);
    }

    private static async Task ListAsync(BenchRun run, IBrowser browser, Installation installation)
    {
        var page = await OpenAsync(browser, installation);
        await page.GotoAsync("/inbox?queue=all");
        await page.Locator("[data-id]").First.HoverAsync();
        await page.EvaluateAsync(
            """
            () => {
              window.frames_ = []
              window.blank = 0
              const list = document.querySelector('[role=list]').getBoundingClientRect()
              let last = performance.now()
              const look = (now) => {
                window.frames_.push(now - last)
                last = now
                // By its place: while it moves nothing of it takes the pointer.
                const middle = list.y + list.height / 2
                const isThere = (one) => one.top <= middle && one.bottom >= middle
                const rows = [...document.querySelectorAll('[role=listitem]')]
                if (!rows.some((one) => isThere(one.getBoundingClientRect()))) window.blank++
                requestAnimationFrame(look)
              }
              requestAnimationFrame(look)
            }
            """);
        var end = TimeProvider.System.GetUtcNow() + run.Short;
        while (TimeProvider.System.GetUtcNow() < end) await page.Mouse.WheelAsync(0, 400);
        var frames = await page.EvaluateAsync<double[]>("window.frames_");
        var (blank, rows, nodes) = (
            await page.EvaluateAsync<int>("window.blank"),
            await page.EvaluateAsync<double>("document.querySelector('[role=list]').scrollHeight / 76"),
            await page.EvaluateAsync<int>("document.querySelectorAll('*').length"));
        var p95 = frames.Order().ElementAt((int)(frames.Length * 0.95));
        run.Add(
            $"wheel through a list of {Conversations:N0}", "p95 of a frame ≤ 34 ms, none blank",
            $"p95 {p95:0} ms of {frames.Length} frames, {blank} blank, {rows:N0} rows read, {nodes} nodes", p95 <= 34 && blank == 0);
        await page.Context.DisposeAsync();
    }

    private static async Task ThreadAsync(BenchRun run, IBrowser browser, Installation installation)
    {
        var page = await OpenAsync(browser, installation);
        await page.GotoAsync("/inbox?queue=all");
        var row = page.Locator($"[data-id={Newest}]");
        await row.WaitForAsync();
        await page.EvaluateAsync(
            """
            () => {
              const began = new Promise((go) => {
                document.addEventListener('click', () => go(performance.now()), { once: true, capture: true })
              })
              window.opened = began.then((start) => new Promise((done) => {
                const look = () => {
                  if (document.querySelector('[role=log] article')) done(performance.now() - start)
                  else requestAnimationFrame(look)
                }
                look()
              }))
            }
            """);
        await row.ClickAsync();
        var opened = await page.EvaluateAsync<double>("window.opened");
        var nodes = await page.EvaluateAsync<int>("document.querySelectorAll('*').length");
        run.Add(
            $"a thread of {LongThread:N0} is opened",
            "≤ 300 ms, < 3,000 nodes",
            $"{opened:0} ms, {nodes:N0} nodes",
            opened <= 300 && nodes < 3_000);
        await page.Context.DisposeAsync();
    }

    /// <summary>From the answer to a webhook, one each time, until the row in the list shows its words.</summary>
    private static async Task LiveAsync(BenchRun run, IBrowser browser, Installation installation)
    {
        var page = await OpenAsync(browser, installation);
        await page.GotoAsync("/inbox?queue=all");
        await page.Locator("[data-id]").First.WaitForAsync();
        var latencies = new Latencies();
        for (var n = 0; n < Messages; n++)
        {
            var words = $"Number {n}.";
            var seen = page.EvaluateAsync<double>(
                """
                (words) => new Promise((done) => {
                  const look = () => {
                    if (document.querySelector('[role=list]').textContent.includes(words)) done(Date.now())
                    else requestAnimationFrame(look)
                  }
                  look()
                })
                """,
                words);
            var answered = await PostAsync(installation, words, n);
            var taken = TimeSpan.FromMilliseconds(Math.Max(0, await seen - answered));
            // The first ones find a cold process.
            if (n >= WarmUp) latencies.Record(taken);
        }

        run.Add("webhook answered → seen in the list", "p99 ≤ 200 ms", $"{latencies}", latencies.P99 <= 200);
        await page.Context.DisposeAsync();
    }

    /// <returns>When it was answered, in Unix ms: the browser's clock is the same.</returns>
    private static async Task<long> PostAsync(Installation installation, string words, int n)
    {
        var now = TimeProvider.System.GetUtcNow();
        var message = MetaPayloads.Text(BenchRun.Account, $"{2_000_000_000_000_000 + n % 5}", $"mid.inbox-{n}", words, now);
        var body = MetaPayloads.Bytes(MetaPayloads.Envelope(BenchRun.Account, now, [message]));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/instagram") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(WebhookRequests.AppSecret), body);
        request.Headers.Add("X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(signature));
        using var response = await installation.Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    }
}
