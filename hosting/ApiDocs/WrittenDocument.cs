using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace InstaMessenger.Hosting.ApiDocs;

/// <summary>A document as it goes out: its bytes, compressed once for all who ask, and its <c>ETag</c>.</summary>
public sealed class WrittenDocument
{
    private readonly (string? Encoding, byte[] Bytes)[] _forms;

    /// <summary>Compresses a document.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    public WrittenDocument(byte[] json)
    {
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(json), 0, 16)}\"";
        Json = json;
        _forms =
        [
            ("br", Packed(json, target => new BrotliStream(target, CompressionLevel.Optimal))),
            ("gzip", Packed(json, target => new GZipStream(target, CompressionLevel.Optimal))),
            (null, json),
        ];
    }

    /// <summary>UTF-8 JSON.</summary>
    public byte[] Json { get; }

    /// <summary>Of the document, in its quotes.</summary>
    public string ETag { get; }

    /// <summary>Answers with the document, or with 304 who has it.</summary>
    /// <param name="context">A GET or HEAD.</param>
    /// <returns>Completes when all is written.</returns>
    public async Task AnswerAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (request, response) = (context.Request, context.Response);
        (response.Headers.ETag, response.Headers.CacheControl, response.Headers.Vary) = (ETag, "no-cache", "Accept-Encoding");
        if (request.Headers.IfNoneMatch.ToString().Contains(ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var accepted = request.GetTypedHeaders().AcceptEncoding;
        var (encoding, bytes) = Array.Find(_forms, form => form.Encoding is null || accepted.Any(
            wanted => wanted.Quality != 0 && wanted.Value.Equals(form.Encoding, StringComparison.OrdinalIgnoreCase)));
        if (encoding is not null) response.Headers.ContentEncoding = new StringValues(encoding);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static byte[] Packed(byte[] json, Func<Stream, Stream> pack)
    {
        using var packed = new MemoryStream();
        using (var packer = pack(packed)) packer.Write(json);
        return packed.ToArray();
    }
}
