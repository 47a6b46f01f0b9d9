using System.Diagnostics;
using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// Webhooks and sends through two processes of each service, while something happens to them. <c>INSTAMESSENGER_RATE</c> sets the webhooks
/// per second.
/// </summary>
internal static class UnderLoad
{
    /// <summary>Deliveries that a forwarder may have in hand when it dies or is held to be dead.</summary>
    public const int InFlight = 40;

    private const int Customers = 20;
    private const double SendsPerSecond = 10;

    /// <summary>From the first message to the accident, and between two of them.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private static readonly int WebhooksPerSecond = Figures.Setting("INSTAMESSENGER_RATE", 25);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task<(Traffic Traffic, Reckoning Reckoning)> RunAsync(
        DoubledProduct product, string what, Func<Task> accidentAsync)
    {
        var mark = product.MarkLogs();
        await using var shop = await Shop.OpenAsync(product);
        using var traffic = await Traffic.OpenAsync(shop, Customers, WebhooksPerSecond, SendsPerSecond);
        traffic.Begin();
        await Task.Delay(Between, TimeProvider.System);
        await accidentAsync();
        await traffic.EndAsync(Patience);
        var clock = Stopwatch.StartNew();
        var reckoning = await Reckoning.OfAsync(product, shop, traffic, Patience);
        Figures.Print($"{what}: {traffic.Webhooks} webhooks ({traffic.NotTaken.Count} posts not taken and repeated), {traffic.Sends} "
            + $"sends and reads ({traffic.Refused.Count} refused); {reckoning}; drained "
            + $"{clock.Elapsed.TotalSeconds:N0} s after the end");
        if (reckoning.Lost.Count + reckoning.NotOneMessage.Count > 0)
            TestContext.Current.TestOutputHelper?.WriteLine(product.LogsSince(mark));
        return (traffic, reckoning);
    }

    /// <summary>All processes, two of different services at a time: the first of one beside the second of the next.</summary>
    public static IEnumerable<string[]> Pairs(DoubledProduct product)
    {
        var services = product.Processes.Select(process => process[..^2]).Distinct().ToList();
        return services.Select((service, n) => new[] { $"{service}-1", $"{services[(n + 1) % services.Count]}-2" });
    }
}
