using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Outgoing;

/// <summary>
/// Names a file of the media storage where content has a URL: <c>upload:med_….jpg</c>. The public address is made when the call is, because
/// it ends, and because whoever mends <c>Public:BaseUrl</c> mends what waits. No client can give one: it is no https URL.
/// </summary>
public static class StoredMedia
{
    private const string Scheme = "upload:";

    /// <summary>Names a file.</summary>
    /// <param name="extension">The extension of its type, without a dot.</param>
    /// <returns>What stands for its URL.</returns>
    public static string UrlOf(MediaFile file, string extension) => $"{Scheme}{file}.{extension}";

    /// <summary>Whether a URL names a file of the media storage.</summary>
    /// <param name="url">Any URL of content.</param>
    /// <param name="extension">The extension of its type.</param>
    /// <returns>False for an address elsewhere.</returns>
    public static bool TryRead(string url, out MediaFile file, out string extension)
    {
        ArgumentNullException.ThrowIfNull(url);
        (file, extension) = (default, "");
        if (!url.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        var dot = url.IndexOf('.');
        if (dot < 0 || !MediaFile.TryParse(url[Scheme.Length..dot], out file)) return false;
        extension = url[(dot + 1)..];
        return true;
    }

    /// <summary>Writes other URLs into content.</summary>
    /// <param name="content">Any content.</param>
    /// <param name="change">Gives the new URL for each that Meta fetches as an attachment.</param>
    /// <returns>The content with them; the same when it attaches nothing.</returns>
    public static OutgoingContent WithUrls(this OutgoingContent content, Func<string, string> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return content switch
        {
            OutgoingMedia media => media with { Url = change(media.Url) },
            OutgoingImages images => images with { Urls = [.. images.Urls.Select(change)] },
            _ => content,
        };
    }

    /// <summary>The URLs that Meta fetches as attachments.</summary>
    /// <param name="content">Any content.</param>
    /// <returns>In order; none when it attaches nothing.</returns>
    public static IReadOnlyList<string> AttachedUrls(this OutgoingContent content) => content switch
    {
        OutgoingMedia media => [media.Url],
        OutgoingImages images => images.Urls,
        _ => [],
    };
}
