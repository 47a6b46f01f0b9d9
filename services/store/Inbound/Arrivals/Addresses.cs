using System.Text.Json;

namespace InstaMessenger.Store.Inbound.Arrivals;

/// <summary>Addresses in what Meta sends.</summary>
internal static class Addresses
{
    /// <summary>Returns an address that a browser can open safely; null for anything else.</summary>
    public static string? Of(JsonElement? url) =>
        url.Text() is { } text && Uri.TryCreate(text, UriKind.Absolute, out var parsed) && (parsed.Scheme is "https" or "http")
            ? text
            : null;
}
