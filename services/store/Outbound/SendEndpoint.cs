using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace InstaMessenger.Store.Outbound;

/// <summary><c>POST /api/v1/messages/send</c>.</summary>
internal static partial class SendEndpoint
{
    private const int MostBodyBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static void MapSend(this IEndpointRouteBuilder routes) => routes.MapPost("/send", SendAsync)
        .Needs(Scopes.Send)
        .WithMetadata(new RequestSizeLimitAttribute(MostBodyBytes))
        .WithSummary("Sends text, media, images, a sticker, a post or a template; with a text beside it as two messages, the text last.")
        .WithDescription(
            "JSON: account_id, recipient_id (or comment_id: a private reply, once and within 7 days), message (at most 1,000 bytes of "
            + "UTF-8, more with split: true, then in parts), quick_replies; attachment_url (attachment_type when the extension does not "
            + "tell), attachments (up to 10 images), sticker (like_heart), share_media_id or template; reply_to_message_id, schedule_at "
            + "(a time within 30 days), idempotency_key (or the header Idempotency-Key, which wins), metadata (an object of at most 4 KiB, "
            + "given back with the message), sent_by (human or automation: from 24 hours to 7 days after the customer's last message only "
            + "what a person wrote may be sent). Waits for Instagram's answer for the seconds in Prefer: wait=0…30, by default 5.")
        .Produces<SendAnswer>(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<WrittenResult<SendAnswer>, ProblemHttpResult>> SendAsync(
        HttpContext context,
        Caller caller,
        AcceptSend accept,
        Verdicts verdicts,
        IConfiguration configuration,
        TimeProvider clock,
        ILogger<AcceptSend> logger)
    {
        if (!context.Request.HasJsonContentType())
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "unsupported_media_type",
                "Send application/json. Files cannot be uploaded here yet: give their attachment_url.");
        var (request, errors) = await ReadAsync(context, configuration.GetValue<bool>("Outbound:AllowPrivateAddresses"));
        if (request is null) return errors.Count == 0 ? Unreadable() : Refuse(errors);
        if (!TryReadKey(context.Request, request, out var key))
            return Problems.Invalid(("idempotency_key", "Must be 1 to 255 printable ASCII characters."));
        if (!caller.CanSee(request.AccountId)) return AccountNotYours();

        var preference = WaitPreference.Of(context.Request.Headers["Prefer"]);
        var wish = new SendWish(
            request,
            [.. request.Contents.Select(_ => MessageId.New(clock))],
            AuthorOf(request, caller),
            OriginOf(request, caller),
            caller.Id,
            key,
            preference.Wait);
        using var waiting = verdicts.Begin(wish.MessageIds);
        var acceptance = await accept.AcceptAsync(wish, context.RequestAborted);
        if (preference.Applied is { } applied) context.Response.Headers["Preference-Applied"] = applied;
        switch (acceptance)
        {
            case Acceptance.Accepted(var answer):
                foreach (var id in wish.MessageIds) LogAccepted(logger, id, request.AccountId, caller.Id);
                return await AnswerAsync(await verdicts.WaitAsync(waiting, answer, preference.Wait, context.RequestAborted), wish, accept);
            case Acceptance.Replayed(var stored):
                context.Response.Headers["Idempotent-Replayed"] = "true";
                return Written(stored);
            case Acceptance.InProgress(var retryAfter):
                context.Response.Headers.RetryAfter = ((int)Math.Ceiling(retryAfter.TotalSeconds)).ToString();
                return Problems.Of(
                    StatusCodes.Status409Conflict,
                    "idempotency_in_progress",
                    "The first request with this key still waits for its answer. "
                        + "Ask again after Retry-After seconds; nothing is sent twice.");
            case Acceptance.KeyReused:
                return Problems.Of(
                    StatusCodes.Status422UnprocessableEntity,
                    "idempotency_key_reused",
                    "This key was used for another request in the last 24 hours. Use a new key for each message.");
            case Acceptance.Invalid(var field, var why):
                return Problems.Invalid((field, why));
            case Acceptance.CommentClosed(var refusal):
                return WindowProblem.Of(refusal, "comment_not_repliable");
            case Acceptance.WindowClosed(var refusal):
                return WindowProblem.Of(refusal);
            default:
                return AccountNotYours();
        }
    }

    private static async Task<WrittenResult<SendAnswer>> AnswerAsync(SendAnswer answer, SendWish wish, AcceptSend accept)
    {
        var rendered = AcceptSend.Render(answer);
        if (wish.Key is not { } key || wish.Wait == TimeSpan.Zero) return Written(rendered);
        try
        {
            return Written(await accept.StoreAnswerAsync(wish.CallerId, key, rendered));
        }
        catch (DatabaseUnavailableException)
        {
            // The send is kept all the same, so an error would be a lie. A repeat gets its answer once the lease is over.
            return Written(rendered);
        }
    }

    private static async Task<(
        SendRequest? Request, List<(string Field, string Error)> Errors)> ReadAsync(HttpContext context, bool allowHttp)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, Strict, context.RequestAborted);
            if (body.RootElement.ValueKind != JsonValueKind.Object) return (null, []);
            return (SendRequest.Read(body.RootElement, allowHttp, out var errors), errors);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: the text is no Unicode.
            return (null, []);
        }
    }

    private static bool TryReadKey(HttpRequest http, SendRequest request, out IdempotencyKey? key)
    {
        key = null;
        var given = http.Headers.TryGetValue("Idempotency-Key", out var header) ? header.ToString() : request.IdempotencyKey;
        if (given is null) return true;
        if (!IdempotencyKey.TryParse(given, out var parsed)) return false;
        key = parsed;
        return true;
    }

    private static WrittenResult<SendAnswer> Written(StoredAnswer answer) => new(answer.Status, answer.Body);

    /// <summary>A session is a person at the keyboard; a program must say so when it passes on what a person wrote.</summary>
    private static Author AuthorOf(SendRequest request, Caller caller) =>
        request.SentBy ?? (caller.Kind == CallerKind.User ? Author.Human : Author.Undeclared);

    private static Origin OriginOf(SendRequest request, Caller caller) => (request.SentBy, caller.Kind) switch
    {
        (Author.Automation, _) => Origin.Automation,
        (_, CallerKind.User) => Origin.Ui,
        _ => Origin.Api,
    };

    private static ProblemHttpResult Refuse(List<(string Field, string Error)> errors) =>
        errors.Exists(error => error.Field == "message" && error.Error.Contains(" bytes in UTF-8", StringComparison.Ordinal))
            ? Problems.Wrong(StatusCodes.Status422UnprocessableEntity, "text_too_long", "The text is too long: see errors.", [.. errors])
            : Problems.Invalid([.. errors]);

    private static ProblemHttpResult Unreadable() =>
        Problems.Of(
            StatusCodes.Status400BadRequest, "bad_request", "The body must be one JSON object of valid Unicode, with no member twice.");

    /// <summary>Answers the same as for an account that is not there, so that nobody can find out which accounts are.</summary>
    private static ProblemHttpResult AccountNotYours() =>
        Problems.Of(StatusCodes.Status403Forbidden, "account_not_yours", "This account is not linked, or not yours to send from.");

    [LoggerMessage(
        EventName = "message.accepted", Level = LogLevel.Information, Message = "{MessageId} of {AccountId} was accepted from {CallerId}")]
    private static partial void LogAccepted(ILogger logger, MessageId messageId, AccountId accountId, string callerId);
}
