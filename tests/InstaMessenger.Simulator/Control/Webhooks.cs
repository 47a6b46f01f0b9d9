using System.Globalization;
using InstaMessenger.Simulator.Meta;
using InstaMessenger.Simulator.Meta.Webhooks;

namespace InstaMessenger.Simulator.Control;

/// <summary>Webhooks that no customer causes: exact bytes (<c>/raw</c>), and many at once (<c>/flood</c>).</summary>
internal static class Webhooks
{
    public static void MapWebhooks(this IEndpointRouteBuilder control, MetaStandIn meta)
    {
        control.MapPost("/webhooks/raw", async (HttpRequest request, string? signature) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            return await meta.Webhooks.DeliverAsync(body.ToArray(), signature);
        });
        control.MapPost("/webhooks/flood", (Flood flood) => FloodAsync(meta, flood));
    }

    /// <summary>Texts from customers <c>30000000000000n</c>, in turns; the pattern batches, repeats or shuffles them.</summary>
    internal sealed record Flood(string Account, DeliveryPattern? Pattern, int Customers = 1, int Messages = 10);

    private static async Task<object> FloodAsync(MetaStandIn meta, Flood flood)
    {
        var start = meta.Customers.Now;
        var items = Enumerable.Range(0, flood.Messages).Select(n => MetaPayloads.Text(
            flood.Account, (300_000_000_000_000 + n % flood.Customers).ToString(CultureInfo.InvariantCulture),
            meta.Customers.NewMid(), $"Message {n + 1} \u2764 gr\u00fc\u00dfe", start.AddMilliseconds(n)));
        var attempts = await meta.Webhooks.DeliverAsync(flood.Account, items, flood.Pattern ?? new());
        return new
        {
            Posts = attempts.Count,
            Delivered = attempts.Count(attempt => attempt.Delivered),
            SlowestMs = attempts.Max(attempt => attempt.DurationMs),
        };
    }
}
