using System.Text.Json.Nodes;

namespace InstaMessenger.Simulator.Meta.Webhooks;

public static partial class MetaPayloads
{
    /// <summary>The usual body: one entry, its items under <c>messaging</c>.</summary>
    public static JsonObject Envelope(string account, DateTimeOffset time, params JsonObject[] items) =>
        Body(Entry(account, time, "messaging", Copies(items)));

    /// <summary>What a connected app gets that does not own the thread.</summary>
    public static JsonObject Standby(string account, DateTimeOffset time, params JsonObject[] items) =>
        Body(Entry(account, time, "standby", Copies(items)));

    /// <summary>The form of the dashboard's test events and of comments; the time is in seconds, as there.</summary>
    public static JsonObject Changes(string account, DateTimeOffset time, string field, JsonObject value) =>
        Body(new JsonObject
        {
            ["time"] = time.ToUnixTimeSeconds(),
            ["id"] = account,
            ["changes"] = new JsonArray(new JsonObject { ["field"] = field, ["value"] = value.DeepClone() }),
        });

    /// <summary>The documented flat form: <c>field</c> and <c>value</c> directly in the entry.</summary>
    public static JsonObject Flat(string account, DateTimeOffset time, string field, JsonObject value) =>
        Body(new JsonObject
        {
            ["time"] = time.ToUnixTimeMilliseconds(),
            ["id"] = account,
            ["field"] = field,
            ["value"] = value.DeepClone(),
        });

    /// <summary>One item in a form of an entry.</summary>
    /// <param name="account">The professional account id.</param>
    /// <param name="time">The entry's time.</param>
    /// <param name="item">The item, or the value of a change.</param>
    /// <param name="field">The field, where the form has one.</param>
    public static JsonObject In(EntryForm form, string account, DateTimeOffset time, JsonObject item, string field = "messages") =>
        form switch
        {
            EntryForm.Standby => Standby(account, time, item),
            EntryForm.Changes => Changes(account, time, field, item),
            EntryForm.Flat => Flat(account, time, field, item),
            _ => Envelope(account, time, item),
        };

    /// <summary>Exactly what the dashboard's <i>Test</i> button sends: literal ids, string timestamp.</summary>
    public static JsonObject DashboardTest() =>
        Changes("0", DateTimeOffset.FromUnixTimeSeconds(1661141837), "messages", new()
        {
            ["sender"] = new JsonObject { ["id"] = "12334" },
            ["recipient"] = new JsonObject { ["id"] = "23245" },
            ["timestamp"] = "1527459824",
            ["message"] = new JsonObject { ["mid"] = "random_mid", ["text"] = "random_text" },
        });

    /// <summary>A comment on a post.</summary>
    public static JsonObject Comment(string account, string customer, string commentId, string text, DateTimeOffset time) =>
        Changes(account, time, "comments", new()
        {
            ["id"] = commentId,
            ["from"] = new JsonObject { ["id"] = customer, ["username"] = "customer" },
            ["text"] = text,
            ["media"] = new JsonObject { ["id"] = "179", ["media_product_type"] = "FEED" },
        });

    /// <summary>One body with the entries of several, as Meta batches them; at most 1,000 items in all.</summary>
    public static JsonObject Batch(params JsonObject[] envelopes) =>
        Body([.. envelopes.SelectMany(envelope => envelope["entry"]!.AsArray()).Select(entry => (JsonObject)entry!.DeepClone())]);

    /// <summary>The bytes that Meta would send: compact ASCII with lowercase <c>\u00e4</c> and <c>\/</c>.</summary>
    public static byte[] Bytes(JsonNode body) => MetaJson.Bytes(body);

    private static JsonObject Body(params JsonObject[] entries) =>
        new() { ["object"] = "instagram", ["entry"] = new JsonArray([.. entries]) };

    private static JsonObject Entry(string account, DateTimeOffset time, string key, JsonArray items) => new()
    {
        ["time"] = time.ToUnixTimeMilliseconds(),
        ["id"] = account,
        [key] = items,
    };

    // A node has one parent, and the same item may be sent in several bodies.
    private static JsonArray Copies(JsonObject[] items) => new([.. items.Select(item => item.DeepClone())]);
}
