using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.Store.Media;

/// <summary><c>GET /media/attachments/{id}</c>: the bytes of an attachment, for whoever may see its message.</summary>
internal static partial class ShowAttachment
{
    /// <summary>How long a request waits for an attachment that is being fetched.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    public static void MapShowAttachment(this IEndpointRouteBuilder routes) => routes.MapGet("/attachments/{id}", GetAsync)
        .Needs(Scopes.Read)
        .Refuses(StatusCodes.Status404NotFound, "no_thumbnail", "media_not_kept")
        .WithSummary("An attachment's bytes, also in parts (Range). One that is still being fetched is waited for up to ten seconds.")
        .WithDescription("With ?size=320, of a picture, a small JPEG whose longer side has that many pixels (32 to 1024).")
        .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
        .Produces(StatusCodes.Status206PartialContent, contentType: "application/octet-stream")
        .Produces(StatusCodes.Status304NotModified)
        .Refuses(StatusCodes.Status410Gone, "media_expired", "media_failed", "media_missing")
        .Refuses(StatusCodes.Status503ServiceUnavailable, "media_not_ready");

    private static async Task<Results<FileStreamHttpResult, FileContentHttpResult, ProblemHttpResult>> GetAsync(
        AttachmentId id,
        int? size,
        Caller caller,
        HttpContext http,
        IDbContextFactory<StoreDbContext> factory,
        IUnitOfWork<StoreDbContext> unitOfWork,
        IMediaStore store,
        Thumbnails thumbnails,
        EventLog log,
        TimeProvider clock,
        ILogger<MediaReports> logger,
        CancellationToken cancellationToken)
    {
        if (size is < Thumbnails.Smallest or > Thumbnails.Largest)
            return Problems.Wrong(
                StatusCodes.Status400BadRequest,
                "bad_request",
                "A parameter cannot be read: see errors.",
                ("size", $"It is {Thumbnails.Smallest} to {Thumbnails.Largest}."));

        var message = MediaMessages.MessageOf(id);
        await using (var db = await factory.CreateDbContextAsync(cancellationToken))
        {
            var account = await db.Messages.Where(row => row.Id == message).Select(row => (AccountId?)row.AccountId)
                .SingleOrDefaultAsync(cancellationToken);
            if (account is not { } owner || !caller.CanSee(owner)) return Problems.NotFound("attachment");
        }

        var started = clock.GetTimestamp();
        while (true)
        {
            var attachment = await FindAsync(factory, message, id, cancellationToken);
            if (attachment is null) return Problems.NotFound("attachment");
            if (attachment.State is not (AttachmentState.Remote or AttachmentState.Fetching) || attachment.Mode == MediaMode.Link)
            {
                if (Refusal(attachment) is { } refusal) return refusal;
                return size is { } most
                    ? await SmallAsync(attachment, most, http, thumbnails, cancellationToken)
                    : await WholeAsync(attachment, http, store, logger, cancellationToken);
            }

            if (attachment.State == AttachmentState.Remote) await FetchAsync(unitOfWork, log, id, clock, cancellationToken);
            if (clock.GetElapsedTime(started) >= Patience)
            {
                http.Response.Headers.RetryAfter = "2";
                return Problems.Of(StatusCodes.Status503ServiceUnavailable, "media_not_ready", "It is being fetched. Ask again.");
            }

            await Task.Delay(LookEvery, clock, cancellationToken);
        }
    }

    private static async Task<Attachment?> FindAsync(
        IDbContextFactory<StoreDbContext> factory, MessageId message, AttachmentId id, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var attachments = await db.Set<Attachment>().AsNoTracking().Where(row => row.MessageId == message).ToListAsync(cancellationToken);
        return attachments.Find(attachment => attachment.Id == id);
    }

    /// <summary>Has it fetched to be looked at; another request may have done so meanwhile.</summary>
    private static Task FetchAsync(
        IUnitOfWork<StoreDbContext> unitOfWork,
        EventLog log,
        AttachmentId id,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            async scope =>
            {
                var (owner, attachment) = (await MediaMessages.LoadAsync(scope.Db, [id])).Find(id);
                if (owner is null || attachment?.State != AttachmentState.Remote) return;
                MediaRequests.Fetch(scope, owner.Account.Id, attachment, clock.GetUtcNow());
                log.Append(scope, EventTypes.MessageMedia, owner.Account, owner.Conversation, owner.Message);
            },
            cancellationToken);

    /// <summary>Says why an attachment is not there; null for one that is kept.</summary>
    private static ProblemHttpResult? Refusal(Attachment attachment) => attachment.State switch
    {
        AttachmentState.Kept => null,
        AttachmentState.Expired => Problems.Of(StatusCodes.Status410Gone, "media_expired", "Instagram did not have it any more."),
        AttachmentState.Purged => Problems.Of(
            StatusCodes.Status410Gone, "media_purged", "It was kept for as long as the account keeps media."),
        AttachmentState.Failed => Problems.Of(StatusCodes.Status410Gone, "media_failed", "It could not be fetched, or is no media."),
        _ => Problems.Of(
            StatusCodes.Status404NotFound, "media_not_kept", "The account shows Instagram's own links: see the attachment's url."),
    };

    private static async Task<Results<FileStreamHttpResult, FileContentHttpResult, ProblemHttpResult>> SmallAsync(
        Attachment attachment, int size, HttpContext http, Thumbnails thumbnails, CancellationToken cancellationToken)
    {
        if (await thumbnails.MakeAsync(attachment, size, cancellationToken) is not { } small)
            return Problems.Of(StatusCodes.Status404NotFound, "no_thumbnail", "It is no picture that can be made small.");
        MediaHeaders.Set(http.Response, attachment.Id.Value, Thumbnails.MimeType);
        return TypedResults.Bytes(
            small, Thumbnails.MimeType, entityTag: new EntityTagHeaderValue($"\"{attachment.File!.Value}-{size}\""));
    }

    private static async Task<Results<FileStreamHttpResult, FileContentHttpResult, ProblemHttpResult>> WholeAsync(
        Attachment attachment, HttpContext http, IMediaStore store, ILogger logger, CancellationToken cancellationToken)
    {
        if (await store.OpenAsync(attachment.File!.Value, cancellationToken) is not { } content)
        {
            LogMissing(logger, attachment.Id, attachment.File.Value);
            return Problems.Of(StatusCodes.Status410Gone, "media_missing", "Its file is gone from the media storage.");
        }

        MediaHeaders.Set(http.Response, attachment.Id.Value, attachment.MimeType!);
        return TypedResults.Stream(
            content,
            attachment.MimeType,
            entityTag: new EntityTagHeaderValue($"\"{attachment.File.Value}\""),
            enableRangeProcessing: true);
    }

    [LoggerMessage(
        EventName = "media.missing", Level = LogLevel.Error, Message = "The file of {AttachmentId}, {File}, is not in the media storage")]
    private static partial void LogMissing(ILogger logger, AttachmentId attachmentId, MediaFile file);
}
