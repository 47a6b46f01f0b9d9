using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Http.Bodies;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Uploads;

/// <summary><c>POST /api/v1/media</c>: keeps a file for a while, to be sent by its id as often as the client likes.</summary>
internal sealed partial class UploadMedia(
    UploadForms forms,
    IUnitOfWork<StoreDbContext> unitOfWork,
    IDbContextFactory<StoreDbContext> factory,
    PublicAddress address,
    IOptions<MediaOptions> options,
    TimeProvider clock,
    ILogger<UploadMedia> logger)
{
    private const string AccountField = "account_id";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/media", HandleAsync)
        .Needs(Scopes.Send)
        .Idempotent<StoreDbContext>()
        .WithTags("Media")
        .WithMetadata(new RequestSizeLimitAttribute(UploadRequest.MostBytes))
        .Refuses(StatusCodes.Status403Forbidden, "account_not_yours")
        .Refuses(StatusCodes.Status400BadRequest, "bad_multipart")
        .Refuses(StatusCodes.Status503ServiceUnavailable, "media_storage_unavailable")
        .WithSummary("Keeps a file to be sent by its id. multipart/form-data: account_id and file.")
        .WithDescription(
            "JPEG, PNG and GIF up to 8 MiB; MP4, OGG, AVI, MOV and WebM video, AAC, M4A, WAV and MP4 audio, and PDF up to 25 MiB. The type "
            + "is what the bytes say; a part that is said to be another is 422 type_mismatch, what Instagram does not take 415 "
            + "type_not_allowed. url is where Meta fetches it, until expires_at; null while Public:BaseUrl is not set. Nothing is kept of "
            + "a file that is refused, nor of the file's name.")
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = FormDocs.Body((AccountField, null), (UploadForm.FileField, "binary"));
            return Task.CompletedTask;
        })
        .Refuses(StatusCodes.Status409Conflict, "too_many_uploads")
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .Refuses(StatusCodes.Status415UnsupportedMediaType, "type_not_allowed")
        .Refuses(
            StatusCodes.Status422UnprocessableEntity, "empty_file", "file_unreadable", "file_truncated", "too_many_pixels",
            "type_mismatch");

    private static async Task<Results<Created<UploadView>, ProblemHttpResult>> HandleAsync(
        HttpRequest request, Caller caller, KeyedRequest keyed, UploadMedia upload)
    {
        if (!UploadForms.IsForm(request))
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send multipart/form-data: account_id and file.");
        return await upload.TakeAsync(request, caller, keyed);
    }

    private async Task<Results<Created<UploadView>, ProblemHttpResult>> TakeAsync(HttpRequest request, Caller caller, KeyedRequest keyed)
    {
        var (form, problem) = await forms.ReadAsync(
            request, [AccountField], texts => texts.ContainsKey(AccountField) ? AccountOf(texts, caller).Problem : null);
        if (form is null) return problem!;
        await using var received = form;
        var (account, refusal) = AccountOf(form.Fields, caller);
        if (refusal is not null) return refusal;
        if (form.File is not { } file) return Problems.Invalid((UploadForm.FileField, "Is needed."));
        // The name of the account and the bytes: whoever uploads the same again, with the same key, means the same.
        keyed.Is($"{account} {file.Sha256}");
        await using (var db = await factory.CreateDbContextAsync(request.HttpContext.RequestAborted)) await keyed.LookAsync(db);
        var now = clock.GetUtcNow();
        var upload = file.ToUpload(UploadId.New(clock), account, now, now + TimeSpan.FromHours(options.Value.UploadHours));
        var answer = TypedResults.Created((string?)null, UploadView.Of(upload, address));
        file.MayHaveRow = true;
        try
        {
            if (await unitOfWork.ExecuteAsync(KeepAsync, request.HttpContext.RequestAborted) is { } refused)
            {
                file.MayHaveRow = false;
                return refused;
            }
        }
        catch (KeyMetException)
        {
            file.MayHaveRow = false;
            throw;
        }

        LogTaken(logger, upload.Id, account, upload.MimeType, upload.SizeBytes, caller.Id);
        return answer;

        async Task<ProblemHttpResult?> KeepAsync(WorkScope<StoreDbContext> scope)
        {
            if (await this.KeepAsync(scope.Db, upload) is { } refused) return refused;
            await keyed.KeepAsync(scope, answer);
            return null;
        }
    }

    /// <summary>Keeps an upload; returns the problem when its account has no room for it.</summary>
    internal async Task<ProblemHttpResult?> KeepAsync(StoreDbContext db, Upload upload)
    {
        // Locked, so that of uploads that end together each counts the others.
        if (await db.Accounts.ForUpdate().SingleOrDefaultAsync(row => row.Id == upload.AccountId) is not { UnlinkedAt: null })
            return UploadForms.AccountNotYours();
        var kept = await db.Set<Upload>().Where(row => row.AccountId == upload.AccountId && row.ExpiresAt > upload.CreatedAt)
            .SumAsync(row => row.SizeBytes);
        if (kept + upload.SizeBytes > options.Value.UploadBytesPerAccount)
            return Problems.Wrong(
                StatusCodes.Status409Conflict,
                "too_many_uploads",
                "The account has no room for it until earlier uploads expire: see errors.",
                (UploadForm.FileField, $"{kept} bytes are kept; an account has {options.Value.UploadBytesPerAccount}."));
        db.Add(upload);
        return null;
    }

    private static (AccountId Account, ProblemHttpResult? Problem) AccountOf(IReadOnlyDictionary<string, string> texts, Caller caller)
    {
        if (!AccountId.TryParse(texts.GetValueOrDefault(AccountField), out var account))
            return (default, Problems.Invalid((AccountField, "Must be an account's id: acc_…")));
        return (account, caller.CanSee(account) ? null : UploadForms.AccountNotYours());
    }

    [LoggerMessage(
        EventName = "upload.taken",
        Level = LogLevel.Information,
        Message = "{UploadId} of {AccountId} was taken from {CallerId}: {MimeType}, {Bytes} bytes")]
    private static partial void LogTaken(
        ILogger logger, UploadId uploadId, AccountId accountId, string mimeType, long bytes, string callerId);
}

/// <summary>An upload as its client sees it.</summary>
/// <param name="Id">Names it in <c>attachment_id</c>.</param>
/// <param name="Url">Where Meta fetches it; null while <c>Public:BaseUrl</c> is not set.</param>
/// <param name="MediaType"><c>image</c>, <c>video</c>, <c>audio</c> or <c>file</c>.</param>
/// <param name="MimeType">What its bytes are.</param>
/// <param name="SizeBytes">How many.</param>
/// <param name="Width">Pixels of a picture; null for what is no picture.</param>
/// <param name="Height">Pixels of a picture; null for what is no picture.</param>
/// <param name="ExpiresAt">From then on it can be neither sent nor fetched (UTC).</param>
internal sealed record UploadView(
    UploadId Id, string? Url, string MediaType, string MimeType, long SizeBytes, int? Width, int? Height, DateTimeOffset ExpiresAt)
{
    public static UploadView Of(Upload upload, PublicAddress address) => new(
        upload.Id,
        address.Of(upload.AccountId, upload.File, upload.Extension, upload.ExpiresAt),
        upload.MediaType,
        upload.MimeType,
        upload.SizeBytes,
        upload.Width,
        upload.Height,
        upload.ExpiresAt);
}
