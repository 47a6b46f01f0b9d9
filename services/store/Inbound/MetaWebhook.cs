using System.Text.Json;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Takes a webhook apart into its events. An entry carries one of four shapes: <c>messaging[]</c>, <c>standby[]</c>, <c>changes[]</c>, or a flat
/// <c>field</c> and <c>value</c>. Total: whatever the bytes are, every part of them comes back as an item.
/// </summary>
internal static class MetaWebhook
{
    public static IReadOnlyList<InboundItem> Read(byte[] body)
    {
        JsonElement root;
        try
        {
            // Not disposed: the items keep parts of it.
            root = JsonDocument.Parse(WellFormedJson.Of(body)).RootElement;
        }
        catch (JsonException)
        {
            return [new InboundUnreadable(body)];
        }

        var items = new List<InboundItem>();
        foreach (var envelope in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root])
        {
            var before = items.Count;
            if (envelope.Member("entry") is { ValueKind: JsonValueKind.Array } entries)
                foreach (var entry in entries.EnumerateArray()) ReadEntry(entry, items);
            // No entry at all: kept whole, under no channel.
            if (items.Count == before) items.Add(new InboundOther(new WebhookPlace("", "", envelope), null, null, null, "unknown"));
        }

        if (items.Count == 0) items.Add(new InboundOther(new WebhookPlace("", "", root), null, null, null, "unknown"));
        return items;
    }

    private static void ReadEntry(JsonElement entry, List<InboundItem> items)
    {
        var channel = entry.Member("id").Id() ?? "";
        var before = items.Count;
        foreach (var container in (string[])["messaging", "standby", "changes"])
        {
            foreach (var element in entry.Member(container).Items())
                items.Add(Translate(new WebhookPlace(channel, container, element)));
        }

        if (items.Count == before) items.Add(Translate(new WebhookPlace(channel, "", entry)));
    }

    private static InboundItem Translate(WebhookPlace place)
    {
        // changes[] and the flat form wrap the event in "value".
        var wrapped = place.Container is "changes" or "";
        var element = wrapped && place.Element.Member("value") is { } value ? value : place.Element;
        return EventTranslator.Translate(place, element, wrapped ? place.Element.Member("field").Text() : null);
    }
}
