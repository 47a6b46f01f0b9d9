using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.UiGateway.Inbox;

/// <summary>A file of the inbox in every form in which it is sent.</summary>
internal sealed class InboxFile
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    private readonly byte[] _plain;
    private readonly (string Encoding, byte[] Body)[] _compressed;
    private readonly string _type;
    private readonly string _caching;
    private readonly string _tag;

    /// <param name="path">Its path below the root, like <c>assets/index-1a2b.js</c>.</param>
    /// <param name="plain">Its bytes.</param>
    /// <param name="compressed">The same compressed, the smallest first.</param>
    public InboxFile(string path, byte[] plain, params (string Encoding, byte[] Body)[] compressed)
    {
        Path = path;
        _plain = plain;
        _compressed = compressed;
        _type = Types.TryGetContentType(path, out var type) ? type : "application/octet-stream";
        if (_type.StartsWith("text/", StringComparison.Ordinal)) _type += "; charset=utf-8";
        // The name of an asset changes with what is in it; everything else is asked for again, so that a new version is seen at once.
        _caching = IsAsset ? "public, max-age=31536000, immutable" : "no-cache";
        _tag = Convert.ToHexStringLower(SHA256.HashData(plain))[..16];
    }

    public string Path { get; }

    private bool IsAsset => Path.StartsWith("assets/", StringComparison.Ordinal);

    /// <summary>Answers with the form that the client reads and that has the fewest bytes, or with 304 when the client has it.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        var (encoding, body) = Array.Find(_compressed, form => Accepts(accepted, form.Encoding));
        var headers = context.Response.Headers;
        headers.CacheControl = _caching;
        headers.Vary = HeaderNames.AcceptEncoding;
        if (encoding is not null) headers.ContentEncoding = encoding;
        var tag = new EntityTagHeaderValue($"\"{_tag}{encoding}\"");
        return TypedResults.Bytes(body ?? _plain, _type, entityTag: tag).ExecuteAsync(context);
    }

    private static bool Accepts(IList<StringWithQualityHeaderValue> accepted, string encoding) =>
        accepted.Any(value => value.Quality is not 0 && value.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase));
}
