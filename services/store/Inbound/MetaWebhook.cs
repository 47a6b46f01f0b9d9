using System.Text.Json;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Takes a webhook apart into its events. An entry has one of four shapes: <c>messaging[]</c>, <c>standby[]</c>, <c>changes[]</c>, or a
/// flat <c>field</c> and <c>value</c>. It never fails: whatever the bytes are, every part of them comes back as an item.
/// </summary>
internal static class MetaWebhook
{
    public static IReadOnlyList<WebhookItem> Read(byte[] body)
    {
        JsonElement root;
        try
        {
            root = Parse(WellFormedJson.Of(body));
        }
        catch (JsonException)
        {
            return [new WebhookItem(body)];
        }

        var items = new List<WebhookItem>();
        foreach (var envelope in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root])
        {
            var before = items.Count;
            if (envelope.Member("entry") is { ValueKind: JsonValueKind.Array } entries)
                foreach (var entry in entries.EnumerateArray()) ReadEntry(entry, items);
            // No entry at all: the webhook is kept whole, under no channel.
            if (items.Count == before) items.Add(new WebhookItem("", "", envelope));
        }

        if (items.Count == 0) items.Add(new WebhookItem("", "", root));
        return items;
    }

    /// <summary>The document is not disposed, because the items keep parts of it.</summary>
    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        var options = new JsonDocumentOptions { MaxDepth = DeepJson.MostDepth };
        try
        {
            return JsonDocument.Parse(json, options).RootElement;
        }
        catch (JsonException)
        {
            return JsonDocument.Parse(DeepJson.Flatten(json.Span), options).RootElement;
        }
    }

    private static void ReadEntry(JsonElement entry, List<WebhookItem> items)
    {
        var (channel, time) = (entry.Member("id").Id() ?? "", entry.Member("time"));
        var before = items.Count;
        foreach (var container in (string[])["messaging", "standby", "changes"])
        {
            foreach (var element in entry.Member(container).Items())
                items.Add(new WebhookItem(channel, container, element, time));
        }

        if (items.Count == before) items.Add(new WebhookItem(channel, "", entry, time));
    }
}
