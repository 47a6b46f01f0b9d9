using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Hosting.Http;

namespace InstaMessenger.Hosting.Audit;

/// <summary>
/// What an action changed, field by field, as clients see the fields. Of a secret it says only that it changed, and of an address only the
/// host, because the rest of a CRM's address may be a key of the CRM's.
/// </summary>
public sealed class AuditChanges
{
    /// <summary>Stands for a secret's value.</summary>
    private const string Secret = "[secret]";

    /// <summary>Of a value, in characters of JSON. A longer one is left out, so that nobody fills the log.</summary>
    private const int Longest = 2_000;

    /// <summary>What says nothing of the change, and what an answer shows once.</summary>
    private static readonly HashSet<string> LeftOut =
        new(["id", "created_at", "updated_at", "changed_at", "key", "secret", "webhook_secret"], StringComparer.Ordinal);

    private readonly JsonObject _fields = [];

    /// <summary>Compares what clients saw before with what they see now.</summary>
    /// <typeparam name="T">What an answer shows.</typeparam>
    /// <param name="before">As it was; null for what was made.</param>
    /// <param name="after">As it is; null for what is gone.</param>
    /// <returns>The members that differ.</returns>
    public static AuditChanges Of<T>(T? before, T? after)
        where T : class
    {
        var (old, now) = (Read(before), Read(after));
        var changes = new AuditChanges();
        foreach (var name in old.Select(member => member.Key).Union(now.Select(member => member.Key)).Except(LeftOut))
            if (!JsonNode.DeepEquals(old[name], now[name])) changes.Add(name, old[name], now[name]);
        return changes;
    }

    /// <summary>Adds a field.</summary>
    /// <param name="field">Its name.</param>
    /// <param name="old">Its value before; null for none.</param>
    /// <param name="now">Its value now; null for none.</param>
    /// <returns>The same changes.</returns>
    public AuditChanges With(string field, object? old, object? now)
    {
        Add(field, JsonSerializer.SerializeToNode(old, ApiJson.Options), JsonSerializer.SerializeToNode(now, ApiJson.Options));
        return this;
    }

    /// <summary>Says that a secret was replaced, and nothing of it.</summary>
    /// <param name="field">Its name.</param>
    /// <param name="replaced">Whether it was.</param>
    /// <returns>The same changes.</returns>
    public AuditChanges WithSecret(string field, bool replaced = true) => replaced ? With(field, Secret, Secret) : this;

    /// <summary>Writes the changes.</summary>
    /// <returns>A JSON object.</returns>
    public override string ToString() => _fields.ToJsonString(ApiJson.Options);

    private static JsonObject Read<T>(T? view)
        where T : class => view is null ? [] : JsonSerializer.SerializeToNode(view, ApiJson.Options)!.AsObject();

    private void Add(string field, JsonNode? old, JsonNode? now) =>
        _fields[field] = new JsonObject { ["old"] = Shown(old), ["new"] = Shown(now) };

    private static JsonNode? Shown(JsonNode? value)
    {
        if (value is null) return null;
        if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String && HostOf(text.GetValue<string>()) is { } host)
            return host;
        var written = value.ToJsonString(ApiJson.Options);
        return written.Length > Longest ? $"[{written.Length} characters]" : value.DeepClone();
    }

    /// <summary>The scheme and host of an address, with three dots for the rest; null for what is no address.</summary>
    private static string? HostOf(string text)
    {
        if (!text.StartsWith("http", StringComparison.OrdinalIgnoreCase)) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)) return null;
        var host = $"{uri.Scheme}://{uri.Authority}/";
        return text.Length > host.Length ? host + "…" : host;
    }
}
