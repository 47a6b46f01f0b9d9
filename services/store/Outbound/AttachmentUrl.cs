using System.Diagnostics.CodeAnalysis;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.Store.Outbound;

/// <summary>What may be attached by URL, and what Meta calls it (Send API, "Media specifications").</summary>
internal static class AttachmentUrl
{
    private const int LongestUrl = 2048;

    /// <summary>What an operator allows besides is in their network, where Meta is not.</summary>
    private static readonly OutboundRules Public = new(new OutboundOptions());

    private static readonly Dictionary<string, string[]> Extensions = new()
    {
        [MediaTypes.Image] = ["jpg", "jpeg", "png", "gif"],
        [MediaTypes.Video] = ["mp4", "ogg", "avi", "mov", "webm"],
        // An MP4 is a video unless the client says that it is audio.
        [MediaTypes.Audio] = ["aac", "m4a", "wav", "mp4"],
        [MediaTypes.File] = ["pdf"],
    };

    /// <summary>Checks the address that Meta will be told to fetch from.</summary>
    /// <param name="text">As the client gave it.</param>
    /// <param name="allowHttp">Whether plain http and private addresses will do (private networks, tests).</param>
    /// <returns>What is wrong with the address; null when nothing is.</returns>
    public static string? CheckUrl(string text, bool allowHttp, out Uri? url)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out url) || text.Length > LongestUrl || url.Host.Length == 0)
            return $"Must be an absolute https URL of at most {LongestUrl} characters.";
        // The parser takes no notice of them, and Meta would be told them.
        if (text.Trim().Length != text.Length) return "Must not begin or end with a blank.";
        if (url.Scheme != Uri.UriSchemeHttps && !(allowHttp && url.Scheme == Uri.UriSchemeHttp))
            return "Must be https: Meta fetches it from there.";
        if (url.UserInfo.Length > 0) return "Must not hold a user name or password.";
        return !allowHttp && Public.Refusal(url) is { } refusal ? $"Meta cannot reach it. {refusal}" : null;
    }

    /// <summary>Finds the type of an attachment by what the client says, else by the extension of the URL's path.</summary>
    /// <param name="declared">The client's <c>attachment_type</c>; null when it says nothing.</param>
    /// <param name="type">One of <see cref="MediaTypes"/>.</param>
    /// <param name="error">The field and what is wrong with it.</param>
    /// <returns>False when there is no type that may be sent; <paramref name="error"/> then says why.</returns>
    public static bool TryFindType(Uri url, string? declared, [NotNullWhen(true)] out string? type, out (string Field, string Error) error)
    {
        error = default;
        var extension = Path.GetExtension(url.AbsolutePath).TrimStart('.').ToLowerInvariant();
        type = declared ?? Extensions.FirstOrDefault(pair => pair.Value.Contains(extension)).Key;
        if (type is null)
        {
            error = (
                "attachment_url",
                $"The type cannot be told from the path's extension. Give attachment_type ({string.Join(", ", Extensions.Keys)}). Sent can "
                    + $"be: {Sendable}.");
            return false;
        }

        if (!Extensions.TryGetValue(type, out var allowed))
            error = ("attachment_type", $"Must be one of: {string.Join(", ", Extensions.Keys)}.");
        else if (!allowed.Contains(extension) && Extensions.Values.Any(known => known.Contains(extension))) error = (
            "attachment_type", $"The URL ends in .{extension}, which is no {type}. Sent can be: {Sendable}.");
        return error.Field is null;
    }

    private static string Sendable => string.Join("; ", Extensions.Select(pair => $"{pair.Key} ({string.Join(", ", pair.Value)})"));
}
