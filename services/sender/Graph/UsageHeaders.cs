using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace InstaMessenger.Sender.Graph;

/// <summary>How much of its limits an account has used, as Meta's answers say in percent (meta-platform.md 4.2).</summary>
/// <param name="Percent">The highest figure; 0 when Meta says nothing, which it does until "enough calls were made".</param>
/// <param name="RegainAfter">How long to wait for access, when Meta or a proxy says so.</param>
internal sealed record UsageHeaders(double Percent, TimeSpan? RegainAfter)
{
    /// <summary>The percentage from which on Meta asks to stop.</summary>
    public const double StopAt = 95;

    /// <summary>The percentage from which on Meta asks to slow down.</summary>
    public const double SlowFrom = 75;

    private static readonly string[] Figures = ["call_count", "total_time", "total_cputime"];
    private static readonly string[] MessagingTypes = ["instagram", "messenger", "pages"];

    /// <summary>Reads the headers; null when they cannot be read, because no figure in them may cost the verdict on the send.</summary>
    public static UsageHeaders? Of(HttpResponseHeaders headers)
    {
        try
        {
            return Read(headers);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static UsageHeaders Read(HttpResponseHeaders headers)
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

    /// <summary>Meta documents no Retry-After, but something on the way may send it.</summary>
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
        && (!usage.TryGetProperty("type", out var type)
            || (type.ValueKind == JsonValueKind.String && MessagingTypes.Contains(type.GetRawText().Trim('"'))));

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
        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String)) return 0;
        // Reads the raw text of a number too: half a character in it, or NaN, makes it no figure instead of an exception.
        return double.TryParse(value.GetRawText().Trim('"'), CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : 0;
    }
}
