using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Crm;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>What the CRM took of an account's events.</summary>
internal sealed class CrmLedger
{
    private readonly Dictionary<string, HashSet<string>> _idsOf = [];
    private readonly HashSet<string> _texts = [];

    private CrmLedger(IReadOnlyCollection<CrmDelivery> taken)
    {
        Extra = taken.Count - taken.DistinctBy(delivery => delivery.WebhookId).Count();
        foreach (var delivery in taken)
        {
            if (delivery.Sequence is { } sequence) Tell($"event {sequence}", delivery);
            if (delivery.EventType is not ("message.received" or "message.sent" or "message.status")) continue;
            var message = JsonNode.Parse(delivery.Body!).At("data.message");
            var id = message.Text("id");
            if (IsReceived(delivery))
            {
                // One without a usable mid is known by its own id.
                Tell($"received {message.Text("instagram_message_id") ?? id}", delivery);
                _texts.Add(message.Text("text") ?? "");
            }
            else
            {
                Tell($"{delivery.EventType} {id} {message.Text("status")}", delivery);
            }
        }
    }

    /// <summary>Posts of what had arrived already: at-least-once cannot promise that there are none.</summary>
    public int Extra { get; }

    /// <summary>
    /// Events, messages and ends of sends under more than one webhook-id: a CRM that drops repeated ids would show them twice.
    /// </summary>
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

    public static CrmLedger Of(CrmInbox inbox) => new([.. inbox.Deliveries.All.Where(delivery => delivery.Acknowledged)]);

    public IReadOnlyList<string> Missing(IEnumerable<string> texts) => [.. texts.Where(text => !_texts.Contains(text))];

    private void Tell(string what, CrmDelivery delivery)
    {
        if (!_idsOf.TryGetValue(what, out var ids)) _idsOf.Add(what, ids = []);
        ids.Add(delivery.WebhookId);
    }

    private static Task<IReadOnlyList<CrmDelivery>> ArrivalsAsync(CrmInbox inbox, int events, TimeSpan atMost) =>
        inbox.Deliveries.WaitForAsync(delivery => IsReceived(delivery) && delivery.Attempt == 1, events, atMost);

    private static bool IsReceived(CrmDelivery delivery) => delivery is { EventType: "message.received", Acknowledged: true };
}
