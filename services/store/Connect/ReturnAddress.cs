namespace InstaMessenger.Store.Connect;

/// <summary>
/// Where a browser goes after Meta's login: a path of our own. An address of somebody else's would make this site send people anywhere.
/// </summary>
internal static class ReturnAddress
{
    private const int Longest = 500;

    /// <summary>Reads a path, or an address of ours; null for what leads elsewhere.</summary>
    /// <param name="text">What the client gave; null for the first page.</param>
    /// <param name="home">The public address.</param>
    public static string? Read(string? text, Uri home)
    {
        if (text is null) return "/";
        // A browser takes a backslash for a slash, and drops control characters before it reads.
        if (text.Length is 0 or > Longest || text.Any(c => c is '\\' or <= ' ' or '\x7f')) return null;
        if (!Uri.TryCreate(home, text, out var address) || address.UserInfo.Length > 0
            || address.GetLeftPart(UriPartial.Authority) != home.GetLeftPart(UriPartial.Authority)) return null;
        var path = address.PathAndQuery + address.Fragment;
        return path.StartsWith("//", StringComparison.Ordinal) ? null : path;
    }

    /// <summary>Adds what came of it to a path that was read.</summary>
    public static string With(string path, IEnumerable<(string Name, string Value)> outcome)
    {
        var (before, fragment) = path.IndexOf('#', StringComparison.Ordinal) is >= 0 and var at ? (path[..at], path[at..]) : (path, "");
        var query = string.Join('&', outcome.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
        return $"{before}{(before.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}{fragment}";
    }
}
