using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace InstaMessenger.Sender.Graph;

/// <summary>How much of its limits an account has used, as Meta's answers say in percent (meta-platform.md 4.2).</summary>
/// <param name="Percent">The highest figure; 0 when Meta says nothing, which it does until "enough calls were made".</param>
/// <param name="RegainAfter">How long to wait for access, when Meta or a proxy says so.</param>
internal sealed record UsageHeaders(double Percent, TimeSpan? RegainAfter)
{
    /// <summary>From here on Meta asks to stop.</summary>
    public const double StopAt = 95;

    private static readonly string[] Figures = ["call_count", "total_time", "total_cputime"];
    private static readonly string[] MessagingTypes = ["instagram", "messenger", "pages"];

    public static UsageHeaders Of(HttpResponseHeaders headers)
    {
        var percent = 0d;
        var minutes = 0d;
        foreach (var usage in Objects(headers))
        {
            percent = Math.Max(percent, Figures.Max(figure => Number(usage, figure)));
            minutes = Math.Max(minutes, Number(usage, "estimated_time_to_regain_access"));
        }

        // Bounded: a wrong figure must not silence an account for longer than any of Meta's own windows.
        var regain = TimeSpan.FromMinutes(Math.Min(minutes, 24 * 60));
        return new UsageHeaders(percent, regain > TimeSpan.Zero ? regain : RetryAfter(headers));
    }

    /// <summary>Meta documents no Retry-After, yet senders of it exist on the way.</summary>
    private static TimeSpan? RetryAfter(HttpResponseHeaders headers) => headers.RetryAfter?.Delta is { } delta
        ? TimeSpan.FromSeconds(Math.Clamp(delta.TotalSeconds, 1, TimeSpan.SecondsPerDay))
        : null;

    private static IEnumerable<JsonElement> Objects(HttpResponseHeaders headers)
    {
        if (Read(headers, "x-app-usage") is { ValueKind: JsonValueKind.Object } app) yield return app;
        if (Read(headers, "x-business-use-case-usage") is not { ValueKind: JsonValueKind.Object } cases) yield break;
        foreach (var list in cases.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array))
        {
            foreach (var usage in list.Value.EnumerateArray().Where(IsMessaging)) yield return usage;
        }
    }

    /// <summary>The header also counts advertising, which has limits of its own.</summary>
    private static bool IsMessaging(JsonElement usage) =>
        usage.ValueKind == JsonValueKind.Object
        && (!usage.TryGetProperty("type", out var type) || (type.ValueKind == JsonValueKind.String && MessagingTypes.Contains(type.GetString())));

    private static JsonElement? Read(HttpResponseHeaders headers, string name)
    {
        if (!headers.NonValidated.TryGetValues(name, out var values)) return null;
        try
        {
            using var document = JsonDocument.Parse(values.ToString());
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static double Number(JsonElement usage, string name)
    {
        if (!usage.TryGetProperty(name, out var value)) return 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)) return number;
        return value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out number) ? number : 0;
    }
}
