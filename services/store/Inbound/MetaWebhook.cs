using System.Text.Json;
using InstaMessenger.Store.Json;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Takes a webhook apart into its events. An entry has one of four shapes: <c>messaging[]</c>, <c>standby[]</c>, <c>changes[]</c>, or a
/// flat <c>field</c> and <c>value</c>; one that has several is taken apart into all of them. It never fails: whatever the bytes are, every
/// part of them comes back as an item.
/// </summary>
internal static class MetaWebhook
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DeepJson.MostDepth };

    private static readonly string[] Lists = ["messaging", "standby", "changes"];

    /// <summary>What an entry says of itself, beside what happened: <c>hop_context</c> names the apps that it came by.</summary>
    private static readonly string[] Heads = ["id", "time", "hop_context"];

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
        try
        {
            return JsonDocument.Parse(json, Options).RootElement;
        }
        catch (JsonException)
        {
            return JsonDocument.Parse(DeepJson.Flatten(json.Span), Options).RootElement;
        }
    }

    private static void ReadEntry(JsonElement entry, List<WebhookItem> items)
    {
        var (channel, time) = (entry.Member("id").Id() ?? "", entry.Member("time"));
        var before = items.Count;
        foreach (var container in Lists)
        {
            foreach (var element in entry.Member(container).Items())
                items.Add(new WebhookItem(channel, container, element, time));
        }

        if (items.Count == before) items.Add(new WebhookItem(channel, "", entry, time));
        else if (HasMore(entry)) items.Add(new WebhookItem(channel, "", WithoutLists(entry), time));
    }

    /// <summary>Whether an entry has something beside its lists that is an event of its own, or may be one.</summary>
    private static bool HasMore(JsonElement entry)
    {
        foreach (var member in entry.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && !IsList(member) && !Array.Exists(Heads, member.NameEquals)) return true;
        }

        return false;
    }

    private static JsonElement WithoutLists(JsonElement entry)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { MaxDepth = DeepJson.MostDepth }))
        {
            json.WriteStartObject();
            foreach (var member in entry.EnumerateObject())
            {
                if (!IsList(member)) member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return JsonDocument.Parse(stream.ToArray(), Options).RootElement;
    }

    private static bool IsList(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Array && Array.Exists(Lists, member.NameEquals);
}
