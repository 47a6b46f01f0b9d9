using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Store.Media;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.Store.Uploads;

/// <summary>
/// <c>GET /media/outbound/{account_id}/{file}</c>: the bytes of a file that is sent, for whoever has its address. That is Meta, which has
/// no credential of ours; the address is signed, ends, and cannot be guessed. No row is asked for: what nobody may see has no file.
/// </summary>
internal static partial class ShowOutbound
{
    private const int LongestChallenge = 64;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods($"{PublicAddress.Path}/{{account_id}}/{{file}}", [HttpMethods.Get, HttpMethods.Head], GetAsync)
            .AllowAnonymous().ExcludeFromDescription();
        routes.MapGet($"{PublicAddress.Path}/trial", Trial).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> GetAsync(
        string account_id,
        string file,
        HttpContext http,
        PublicAddress address,
        IMediaStore store,
        TimeProvider clock,
        ILogger<UploadMedia> logger,
        CancellationToken cancellationToken)
    {
        var query = http.Request.Query;
        if (!AccountId.TryParse(account_id, out var account)
            || !long.TryParse(query["expires"], out var expires)
            || !address.IsOurs(account, file, expires, query["signature"].ToString())) return Problems.NotFound("file");
        if (clock.GetUtcNow().ToUnixTimeSeconds() >= expires)
            return Problems.Of(StatusCodes.Status410Gone, "address_expired", "The time of this address is over.");
        // Its form is known: it was signed here.
        var (name, extension) = (MediaFile.Parse(Path.GetFileNameWithoutExtension(file)), Path.GetExtension(file).TrimStart('.'));
        if (await store.OpenAsync(name, cancellationToken) is not { } content)
        {
            LogMissing(logger, name, account);
            return Problems.NotFound("file");
        }

        var mimeType = MediaSignature.MimeTypeOf(extension) ?? MediaSignature.Unknown.MimeType;
        MediaHeaders.Set(http.Response, name.Value, mimeType);
        return TypedResults.Stream(content, mimeType, entityTag: new EntityTagHeaderValue($"\"{name}\""), enableRangeProcessing: true);
    }

    /// <summary>Answers what only this installation can: so a process finds out whether <c>Public:BaseUrl</c> leads here.</summary>
    private static Results<ContentHttpResult, ProblemHttpResult> Trial(HttpContext http, PublicAddress address)
    {
        var challenge = http.Request.Query["challenge"].ToString();
        if (challenge.Length is 0 or > LongestChallenge || !challenge.All(char.IsAsciiLetterOrDigit)) return Problems.NotFound("page");
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Text(address.Proof(challenge), "text/plain");
    }

    [LoggerMessage(
        EventName = "upload.missing",
        Level = LogLevel.Warning,
        Message = "{File} of {AccountId} was asked for by a good address, and is not in the media storage")]
    private static partial void LogMissing(ILogger logger, MediaFile file, AccountId accountId);
}
