using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Store.Accounts;
using InstaMessenger.Store.Connect;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Erasures;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Callbacks;

/// <summary>
/// <c>POST /webhooks/instagram/deauthorize</c> and <c>/data-deletion</c>: what Meta posts when the owner of an account removes the app, or
/// asks for their data to be deleted. The first unlinks, the second erases.
/// </summary>
internal sealed partial class MetaCallbacks(
    IUnitOfWork<StoreDbContext> unitOfWork,
    AccountWriter writer,
    ErasureStart erasures,
    IOptions<ConnectOptions> options,
    IOptions<PublicOptions> address,
    TimeProvider clock,
    ILogger<MetaCallbacks> logger)
{
    /// <summary>Meta's are below one KiB.</summary>
    private const int MostBytes = 16 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var callbacks = routes.MapGroup("/webhooks/instagram");
        callbacks.MapPost("/deauthorize", (HttpContext context, MetaCallbacks meta) => meta.DeauthorizeAsync(context))
            .AllowAnonymous().ExcludeFromDescription();
        callbacks.MapPost("/data-deletion", (HttpContext context, MetaCallbacks meta) => meta.DeleteAsync(context))
            .AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Meta expects this form, and shows both to whoever asked.</summary>
    internal sealed record DeletionAnswer(Uri Url, string ConfirmationCode);

    private async Task<IResult> DeauthorizeAsync(HttpContext context)
    {
        var (request, problem) = await ReadAsync(context);
        if (request is null) return problem!;
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                var accounts = await AccountsOfAsync(scope.Db, request);
                foreach (var account in accounts.Where(account => account.UnlinkedAt is null)) writer.Unlink(scope, account);
                foreach (var account in accounts) LogDeauthorized(logger, account.Id);
            },
            context.RequestAborted);
        return TypedResults.Ok();
    }

    private async Task<IResult> DeleteAsync(HttpContext context)
    {
        var (request, problem) = await ReadAsync(context);
        if (request is null) return problem!;
        string code;
        try
        {
            code = await DeleteAsync(request, context.RequestAborted);
        }
        // Of the same request twice at once the slower one finds the other's code.
        catch (DbUpdateException)
        {
            code = await DeleteAsync(request, context.RequestAborted);
        }

        var home = address.Value.BaseUrl ?? new Uri($"{context.Request.Scheme}://{context.Request.Host}");
        var url = new Uri(home.GetLeftPart(UriPartial.Path).TrimEnd('/') + DeletionStatus.PathOf(code));
        return TypedResults.Json(new DeletionAnswer(url, code), ApiJson.Options);
    }

    private Task<string> DeleteAsync(SignedRequest request, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            var db = scope.Db;
            if (await db.Set<DeletionRequest>().SingleOrDefaultAsync(row => row.Hash == request.Hash) is { } known) return known.Code;
            var code = DeletionRequest.NewCode();
            var accounts = await AccountsOfAsync(db, request);
            db.Add(DeletionRequest.Of(request, accounts.Count, code, clock.GetUtcNow()));
            foreach (var account in accounts)
            {
                await erasures.OfAccountAsync(scope, account, code);
                if (account.UnlinkedAt is null) writer.Unlink(scope, account);
                LogDeletion(logger, account.Id, code);
            }

            return code;
        },
        cancellationToken);

    /// <summary>
    /// Finds a person's accounts by their id for an app, which Meta tells nobody but that app: which of an app's two secrets signs is not
    /// documented, so it may be another one's of the list. The id that everybody may know counts only for the app they connected by.
    /// </summary>
    private static async Task<List<Account>> AccountsOfAsync(StoreDbContext db, SignedRequest request)
    {
        var (apps, user) = (request.AppIds, request.UserId);
        InstagramAccountId? instagram = InstagramAccountId.TryParse(user, out var id) ? id : null;
        return await db.Accounts
            .Where(account => account.AppScopedId == user || account.LoginUserId == user
                || (account.InstagramAccountId == instagram && account.AppId != null && apps.Contains(account.AppId)))
            .OrderBy(account => account.Id).ToListAsync();
    }

    /// <summary>Reads the form. Whatever is wrong with what was signed has one answer, so that nobody learns anything by trying.</summary>
    private async Task<(SignedRequest? Request, ProblemHttpResult? Problem)> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        context.Response.Headers.CacheControl = "no-store";
        if (request.ContentLength > MostBytes) return (null, TooLarge());
        if (!request.HasFormContentType || request.ContentType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
            return (null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type"));
        var body = new byte[MostBytes + 1];
        var read = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (read > MostBytes) return (null, TooLarge());
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body, 0, read));
        var text = form.TryGetValue("signed_request", out var values) && values.Count == 1 ? values[0] : null;
        return SignedRequest.Read(text, options.Value.Apps) is { } signed
            ? (signed, null)
            : (null, Problems.Of(StatusCodes.Status400BadRequest, "invalid_signed_request"));
    }

    private static ProblemHttpResult TooLarge() => Problems.Of(StatusCodes.Status413PayloadTooLarge, "payload_too_large");

    [LoggerMessage(
        EventName = "account.deauthorized", Level = LogLevel.Warning, Message = "The owner of {AccountId} has removed the app at Meta")]
    private static partial void LogDeauthorized(ILogger logger, AccountId accountId);

    [LoggerMessage(
        EventName = "account.deletion_requested",
        Level = LogLevel.Warning,
        Message = "The owner of {AccountId} has asked Meta for their data to be deleted: request {Code}")]
    private static partial void LogDeletion(ILogger logger, AccountId accountId, string code);
}
