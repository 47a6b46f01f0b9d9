using Microsoft.Extensions.Primitives;

namespace InstaMessenger.Store.Outbound;

/// <summary>How long a client wants to wait for Meta's answer (RFC 7240 <c>Prefer</c>).</summary>
/// <param name="Wait">0 to 30 s.</param>
/// <param name="Applied">What to answer in <c>Preference-Applied</c>; null when the client asked for nothing.</param>
internal sealed record WaitPreference(TimeSpan Wait, string? Applied)
{
    private const int DefaultSeconds = 5;
    private const int MostSeconds = 30;

    /// <summary>
    /// Reads the header; what is not understood is ignored, as the RFC wants. With both given, <c>wait</c> says more than
    /// <c>respond-async</c>.
    /// </summary>
    public static WaitPreference Of(StringValues prefer)
    {
        var preferences = prefer.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)).ToList();
        foreach (var preference in preferences)
        {
            if (!preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)) continue;
            if (!uint.TryParse(preference.AsSpan("wait=".Length).Trim('"'), out var wish)) continue;
            var seconds = (int)Math.Min(wish, MostSeconds);
            return new WaitPreference(TimeSpan.FromSeconds(seconds), $"wait={seconds}");
        }

        return preferences.Contains("respond-async", StringComparer.OrdinalIgnoreCase)
            ? new WaitPreference(TimeSpan.Zero, "respond-async")
            : new WaitPreference(TimeSpan.FromSeconds(DefaultSeconds), null);
    }
}
