using System.Text.Json;

namespace InstaMessenger.Store.Outbound;

/// <summary>
/// Finds what no reader could make one thing of, although it is JSON: a member that is given twice, and a text that is no Unicode (half a
/// surrogate pair, broken UTF-8).
/// </summary>
internal static class BodyFaults
{
    private const string NoUnicode = "It is no valid Unicode.";

    /// <summary>More are noise.</summary>
    private const int Most = 20;

    /// <summary>The faults of a body, each under the full name of its member; empty when there is none.</summary>
    /// <param name="body">An object, nested no deeper than the parser lets it be.</param>
    public static IReadOnlyList<(string Field, string Error)> Of(JsonElement body)
    {
        var faults = new List<(string Field, string Error)>();
        Look(body, "", faults);
        return faults;
    }

    private static void Look(JsonElement value, string path, List<(string Field, string Error)> faults)
    {
        if (faults.Count >= Most) return;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var names = new HashSet<string>();
                foreach (var member in value.EnumerateObject())
                {
                    if (Text(() => member.Name) is not { } name)
                    {
                        faults.Add((path.Length == 0 ? "body" : path, NoUnicode));
                        continue;
                    }

                    var inner = path.Length == 0 ? name : $"{path}.{name}";
                    if (!names.Add(name)) faults.Add((inner, "It is given twice."));
                    Look(member.Value, inner, faults);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index()) Look(item, $"{path}[{index}]", faults);
                break;
            case JsonValueKind.String when Text(value.GetString) is null:
                faults.Add((path, NoUnicode));
                break;
            default:
                break;
        }
    }

    /// <summary>A text; null when it is no Unicode.</summary>
    private static string? Text(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
