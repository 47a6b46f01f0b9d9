using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Crm;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>What the CRM got of the messages that customers wrote.</summary>
internal sealed class CrmLedger
{
    private readonly Dictionary<string, HashSet<string>> _idsOf = [];
    private readonly HashSet<string> _texts = [];

    private CrmLedger(IEnumerable<CrmDelivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            Transmissions++;
            var message = JsonNode.Parse(delivery.Body!).At("data.message");
            // One without a usable mid is known by its own id.
            var mid = message.Text("instagram_message_id") ?? message.Text("id")!;
            _texts.Add(message.Text("text") ?? "");
            if (!_idsOf.TryGetValue(mid, out var ids)) _idsOf.Add(mid, ids = []);
            ids.Add(delivery.WebhookId);
        }
    }

    /// <summary>Deliveries, repeated ones included.</summary>
    public int Transmissions { get; private set; }

    /// <summary>Transmissions of what had arrived already: at-least-once cannot promise that there are none.</summary>
    public int Extra => Transmissions - _idsOf.Values.Sum(ids => ids.Count);

    /// <summary>Messages under more than one webhook-id: a CRM that drops repeated ids would show them twice.</summary>
    public IReadOnlyList<string> Doubled => [.. _idsOf.Where(pair => pair.Value.Count > 1).Select(pair => pair.Key)];

    /// <summary>Waits until so many different events have come, and takes stock.</summary>
    public static async Task<CrmLedger> WaitAsync(CrmInbox inbox, int events, TimeSpan atMost)
    {
        await ArrivalsAsync(inbox, events, atMost);
        return Of(inbox);
    }

    /// <summary>
    /// Waits until so many different events have come, or for as long as that may take; who takes stock afterwards sees what is missing.
    /// </summary>
    public static async Task WaitAtMostAsync(CrmInbox inbox, int events, TimeSpan atMost)
    {
        try
        {
            await ArrivalsAsync(inbox, events, atMost);
        }
        catch (TimeoutException error)
        {
            Figures.Print(error.Message);
        }
    }

    public static CrmLedger Of(CrmInbox inbox) => new(inbox.Deliveries.All.Where(IsReceived));

    public IReadOnlyList<string> Missing(IEnumerable<string> texts) => [.. texts.Where(text => !_texts.Contains(text))];

    private static Task<IReadOnlyList<CrmDelivery>> ArrivalsAsync(CrmInbox inbox, int events, TimeSpan atMost) =>
        inbox.Deliveries.WaitForAsync(delivery => IsReceived(delivery) && delivery.Attempt == 1, events, atMost);

    private static bool IsReceived(CrmDelivery delivery) => delivery is { EventType: "message.received", Acknowledged: true };
}
