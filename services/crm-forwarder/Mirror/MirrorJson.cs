using System.Text.Json;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>Reads members of what clients see, where a member that is missing is as good as one that is null.</summary>
internal static class MirrorJson
{
    /// <summary>As deep as an event may be.</summary>
    public static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1024 };

    /// <summary>The member, or null.</summary>
    public static JsonElement? Get(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>A text, cut to what its column holds.</summary>
    public static string? Text(this JsonElement json, string name, int most = int.MaxValue)
    {
        if (json.Get(name)?.GetString() is not { } text || text.Length <= most) return json.Get(name)?.GetString();
        // Not between the two halves of a character.
        return text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
    }

    /// <summary>A time (UTC).</summary>
    public static DateTime? Time(this JsonElement json, string name) => json.Get(name)?.GetDateTimeOffset().UtcDateTime;

    /// <summary>Whether it is there and true.</summary>
    public static bool Flag(this JsonElement json, string name) => json.Get(name) is { ValueKind: JsonValueKind.True };

    /// <summary>Whether it is true; null when nobody knows.</summary>
    public static bool? Maybe(this JsonElement json, string name) => json.Get(name)?.GetBoolean();

    /// <summary>A whole number.</summary>
    public static long? Number(this JsonElement json, string name) => json.Get(name)?.GetInt64();
}
