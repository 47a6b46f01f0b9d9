using System.Collections.Frozen;
using InstaMessenger.CrmForwarder.Deliveries;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>
/// Judges the headers that an endpoint's owner wants on each post: none of ours, and none that belongs to the connection.
/// </summary>
internal static class CustomHeaders
{
    /// <summary>Shown in place of a value that is a credential; given back, it leaves the value as it is.</summary>
    public const string Hidden = "***";

    private const int Most = 20;
    private const int LongestName = 100;
    private const int LongestValue = 500;

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "accept-encoding", "connection", "date", "expect", "host", "keep-alive", "te", "traceparent", "tracestate", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "x-hub-signature", "x-hub-signature-256");

    private static readonly string[] ReservedPrefixes = ["content-", "proxy-", "webhook-"];

    /// <summary>Words in the names of headers that hold credentials.</summary>
    private static readonly string[] Credentials =
        ["auth", "bearer", "cookie", "cred", "hook", "jwt", "key", "pass", "pwd", "secret", "session", "sign", "token"];

    /// <summary>Credentials are longer; shorter values with letters and digits are names and versions.</summary>
    private const int ShortestCredential = 12;

    /// <summary>What is wrong with the headers; null when nothing is.</summary>
    public static string? FaultOf(IReadOnlyDictionary<string, string?> headers)
    {
        if (headers.Count > Most) return $"At most {Most} headers.";
        if (headers.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() != headers.Count) return "A header is given twice.";
        foreach (var (name, value) in headers)
        {
            if (name.Length > LongestName || !OwnerHeader.IsName(name))
                return $"A header's name has 1 to {LongestName} letters, digits or - and _.";
            if (IsReserved(name)) return $"{name} is ours, or belongs to the connection.";
            if (!OwnerHeader.IsSendable(name, value) || value!.Length > LongestValue)
                return $"The value of {name} has at most {LongestValue} printable ASCII characters, and no spaces around them.";
        }

        return null;
    }

    /// <summary>The headers as clients see them: without what looks like a credential.</summary>
    public static Dictionary<string, string> Shown(IReadOnlyDictionary<string, string> headers) => headers.ToDictionary(
        header => header.Key,
        header => IsCredential(header.Key, header.Value) ? Hidden : header.Value);

    /// <summary>The new headers, with the values that the client was not shown.</summary>
    public static Dictionary<string, string> Merged(
        IReadOnlyDictionary<string, string?> given, IReadOnlyDictionary<string, string> before) => given.ToDictionary(
        header => header.Key,
        header => header.Value == Hidden ? before.GetValueOrDefault(header.Key, Hidden) : header.Value!);

    /// <summary>By its name, or because it is one piece with letters and digits, as made up by a machine.</summary>
    private static bool IsCredential(string name, string value) =>
        Array.Exists(Credentials, word => name.Contains(word, StringComparison.OrdinalIgnoreCase))
        || (value.Length >= ShortestCredential && !value.Contains(' ') && value.Any(char.IsAsciiDigit) && value.Any(char.IsAsciiLetter));

    private static bool IsReserved(string name) => Reserved.Contains(name)
        || Array.Exists(ReservedPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
