using System.Text.Json;

namespace InstaMessenger.Hosting.Http;

/// <summary>JSON that was taken from outside, is kept as text, and is written into answers: a client's metadata, Meta's raw items.</summary>
public static class KeptJson
{
    /// <summary>How deep clients' own JSON may be nested; refused where it is read.</summary>
    public const int MostDepth = 32;

    /// <summary>What is kept may be deeper: Meta's is taken as it comes, and rows are older than the limit.</summary>
    private static readonly JsonDocumentOptions Tolerant = new() { MaxDepth = 256 };

    /// <summary>Reads what is kept. A row that cannot be read is shown without it: it must not take the other rows of its list with it.</summary>
    /// <param name="text">The text; null for none.</param>
    /// <returns>The value; null for none.</returns>
    public static JsonElement? Read(string? text)
    {
        if (text is null) return null;
        try
        {
            return JsonElement.Parse(text, Tolerant);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a value is nested deeper than <see cref="MostDepth"/>.</summary>
    /// <param name="value">Any value.</param>
    /// <returns>The answer.</returns>
    public static bool IsTooDeep(JsonElement value) => IsDeeper(value, MostDepth);

    private static bool IsDeeper(JsonElement value, int levels) => value.ValueKind switch
    {
        JsonValueKind.Object => levels == 0 || value.EnumerateObject().Any(member => IsDeeper(member.Value, levels - 1)),
        JsonValueKind.Array => levels == 0 || value.EnumerateArray().Any(item => IsDeeper(item, levels - 1)),
        _ => false,
    };
}
