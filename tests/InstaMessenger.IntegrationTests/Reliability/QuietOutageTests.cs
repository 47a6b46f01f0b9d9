using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Crm;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// What an outage writes into the logs. Each refused connection was a stack trace once, and the disk of the logs was filled by it:
/// 1.2 MB in four minutes. <c>INSTAMESSENGER_OUTAGE</c> sets for how many seconds something is away.
/// </summary>
[BeginsEarly]
[Trait(ReliabilityCollection.Trait, "Reliability")]
public sealed class QuietOutageTests(OwnDatabaseProduct product) : IClassFixture<OwnDatabaseProduct>
{
    private const int Customers = 10;
    private const int WebhooksPerSecond = 5;
    private const int LinesAMinute = 150;
    private const int BytesAMinute = 64 * 1024;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(Figures.Setting("INSTAMESSENGER_OUTAGE", 12));
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("broker")]
    [InlineData("database")]
    [InlineData("CRM")]
    [InlineData("store")]
    public async Task Something_that_is_away_is_told_in_a_few_lines_without_stack_traces(string what)
    {
        await using var shop = await Shop.OpenAsync(product);
        var customers = await shop.NewWritersAsync(Customers);
        var (before, began) = (product.MarkLogs(), TimeProvider.System.GetTimestamp());

        await LeaveAsync(what, shop);
        var outage = Task.Delay(Outage, TimeProvider.System);
        var read = new ConcurrentBag<int>();
        var reads = OpenLoop.RunAsync(
            WebhooksPerSecond, outage, async _ => read.Add((await shop.Api.GetAsync("/ui/conversations")).Status));
        await OpenLoop.RunAsync(WebhooksPerSecond, outage, n => customers[n % Customers].SayAsync($"{what} {n}"));
        await reads;
        // A store that was killed with a request in hand is the gateway's to tell; whatever else is away is no fault of the product's.
        read.ShouldBeSubsetOf(what == "store" ? [200, 502, 503] : [200, 503]);
        await ComeBackAsync(what, shop);
        await customers[0].SayAsync($"{what} is back");
        // Not by the stream, which ends with its store.
        await Until.TrueAsync(
            () => shop.Crm.Deliveries.All.Any(delivery => delivery.Body?.Contains($"{what} is back", StringComparison.Ordinal) == true),
            Patience,
            () => "no news at the CRM");

        // What every service needs says itself when it went and when it came back.
        if (what is "broker" or "database")
        {
            await Until.TrueAsync(() => Told("dependency.back", before), Patience, () => $"nobody says that the {what} is back");
            Told("dependency.away", before).ShouldBeTrue();
        }

        var minutes = TimeProvider.System.GetElapsedTime(began).TotalMinutes;
        // Each refused request has its line, by which its trace_id is found; those have a bound of their own.
        var news = product.LinesSince(before).Select(written => written.Line)
            .Where(line => !line.Contains("\"problem.answered\"", StringComparison.Ordinal)).ToList();
        var lines = news.Count / minutes;
        var bytes = news.Sum(line => Encoding.UTF8.GetByteCount(line) + 1) / minutes;
        var traces = news.Where(line => line.Contains("   at ", StringComparison.Ordinal)).ToList();
        Figures.Print($"{what} away for {Outage.TotalSeconds:N0} s: {lines:N0} lines and {bytes / 1024:N0} KiB a minute of all services "
            + $"together, {traces.Count} stack traces");
        foreach (var group in news.GroupBy(Kind).OrderByDescending(group => group.Count()).Take(30))
            TestContext.Current.TestOutputHelper?.WriteLine($"{group.Count(),6} {group.Key}");
        traces.ShouldBeEmpty();
        lines.ShouldBeLessThan(LinesAMinute);
        bytes.ShouldBeLessThan(BytesAMinute);
    }

    private bool Told(string what, IReadOnlyDictionary<string, long> since) =>
        product.LinesSince(since).Any(written => written.Line.Contains($"\"{what}\"", StringComparison.Ordinal));

    private async Task LeaveAsync(string what, Shop shop)
    {
        switch (what)
        {
            case "broker":
                await (await product.BrokerAsync()).StopAsync();
                break;
            case "database":
                await (await product.ServerAsync()).StopAsync();
                break;
            case "CRM":
                shop.Crm.Behaviour = new CrmBehaviour { Status = 503, RetryAfter = "1" };
                break;
            default:
                await product.KillAsync("store");
                break;
        }
    }

    private async Task ComeBackAsync(string what, Shop shop)
    {
        switch (what)
        {
            case "broker":
                await (await product.BrokerAsync()).ResumeAsync();
                break;
            case "database":
                await (await product.ServerAsync()).ResumeAsync();
                break;
            case "CRM":
                shop.Crm.Behaviour = new CrmBehaviour();
                break;
            default:
                await product.StartAsync("store");
                break;
        }
    }

    /// <summary>What a line says without what is different each time.</summary>
    private static string Kind(string line)
    {
        try
        {
            var json = JsonNode.Parse(line)!;
            return $"{json["LogLevel"]} {json["Category"]}: {json["State"]?["{OriginalFormat}"] ?? json["Message"]}";
        }
        catch (JsonException)
        {
            return line;
        }
    }
}
