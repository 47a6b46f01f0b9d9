using System.Reflection;

namespace InstaMessenger.UiGateway.Inbox;

/// <summary>The files of the inbox: what <c>web</c> was built into, embedded by <c>web/web.targets</c>.</summary>
internal static class InboxFiles
{
    public const string Shell = "index.html";

    private const string Prefix = "web/";

    /// <summary>How a build's compressed forms end, the smaller one first.</summary>
    private static readonly (string Ending, string Encoding)[] Forms = [(".br", "br"), (".gz", "gzip")];

    private static readonly Lazy<IReadOnlyDictionary<string, InboxFile>> Read = new(ReadAll);

    /// <summary>Every file by its path; the compressed forms are not among them.</summary>
    public static IReadOnlyDictionary<string, InboxFile> All => Read.Value;

    private static Dictionary<string, InboxFile> ReadAll()
    {
        var bytes = Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], BytesOf);
        return bytes.Where(file => !Array.Exists(Forms, form => file.Key.EndsWith(form.Ending, StringComparison.Ordinal)))
            .ToDictionary(file => file.Key, file => new InboxFile(file.Key, file.Value, [.. FormsOf(file.Key)]));

        IEnumerable<(string Encoding, byte[] Body)> FormsOf(string path) => Forms
            .Where(form => bytes.ContainsKey(path + form.Ending))
            .Select(form => (form.Encoding, bytes[path + form.Ending]));
    }

    private static byte[] BytesOf(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
