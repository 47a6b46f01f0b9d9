using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Http.Bodies;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Uploads;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace InstaMessenger.Store.Outbound;

/// <summary><c>POST /api/v1/messages/send</c>.</summary>
internal static partial class SendEndpoint
{
    public static void MapSend(this IEndpointRouteBuilder routes) => routes.MapPost("/send", SendAsync)
        .Needs(Scopes.Send)
        .WithMetadata(new RequestSizeLimitAttribute(UploadRequest.MostBytes))
        .WithSummary("Sends text, media, images, a sticker, a post or a template; with a text beside it as two messages, the text last.")
        .WithDescription(
            "JSON, or multipart/form-data with file and the same fields, of which those that are no texts are JSON: account_id, "
            + "recipient_id (or comment_id: a private reply, once and within 7 days), message (at most 1,000 bytes of UTF-8, more with "
            + "split: true, then in parts), quick_replies; attachment_url, attachment_id (of POST /api/v1/media) or file (attachment_type "
            + "when the extension does not tell), attachments (up to 10 images), sticker (like_heart), share_media_id or template; "
            + "reply_to_message_id, schedule_at (a time within 30 days), idempotency_key (or the header Idempotency-Key, which wins), "
            + "metadata (an object of at most 4 KiB, given back with the message), sent_by (human or automation: from 24 hours to 7 days "
            + "after the customer's last message only what a person wrote may be sent). Waits for Instagram's answer for the seconds in "
            + "Prefer: wait=0…30, by default 5.")
        .Produces<SendAnswer>(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<WrittenResult<SendAnswer>, ProblemHttpResult>> SendAsync(
        HttpContext context,
        Caller caller,
        SendBody body,
        AcceptSend accept,
        Verdicts verdicts,
        PublicAddress address,
        TimeProvider clock,
        ILogger<AcceptSend> logger)
    {
        var (request, form, problem) = await body.ReadAsync(context, caller);
        if (request is null) return problem!;
        await using var received = form;
        if (!TryReadKey(context.Request, request, out var key))
            return Problems.Invalid(("idempotency_key", "Must be 1 to 255 printable ASCII characters."));
        if (!caller.CanSee(request.AccountId)) return UploadForms.AccountNotYours();
        if (request.Uploads.Count > 0 && !address.IsSet) return NoAddress();

        var preference = WaitPreference.Of(context.Request.Headers["Prefer"]);
        var wish = new SendWish(
            request,
            [.. request.Contents.Select(_ => MessageId.New(clock))],
            AuthorOf(request, caller),
            OriginOf(request, caller),
            caller.Id,
            key,
            preference.Wait,
            FileOf(form, request.AccountId, clock));
        using var waiting = verdicts.Begin(wish.MessageIds);
        var acceptance = await accept.AcceptAsync(wish, context.RequestAborted);
        if (form?.File is { } file) file.MayHaveRow = acceptance is Acceptance.Accepted;
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
                return WindowProblem.Of(refusal, SendErrorCodes.CommentNotRepliable);
            case Acceptance.WindowClosed(var refusal):
                return WindowProblem.Of(refusal);
            default:
                return UploadForms.AccountNotYours();
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

    /// <summary>The file of a form, as the message gets it. From here on a row may name it.</summary>
    private static Upload? FileOf(UploadForm? form, AccountId account, TimeProvider clock)
    {
        if (form?.File is not { } file) return null;
        file.MayHaveRow = true;
        var now = clock.GetUtcNow();
        return file.ToUpload(UploadId.New(clock), account, now, now);
    }

    private static bool TryReadKey(HttpRequest http, SendRequest request, out IdempotencyKey? key)
    {
        key = null;
        var given = http.Headers.TryGetValue("Idempotency-Key", out var header) ? header.ToString() : request.IdempotencyKey;
        if (given is null) return true;
        // Of two the client's next attempt may give one, and that would be another key.
        if (header.Count > 1 || !IdempotencyKey.TryParse(given, out var parsed)) return false;
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

    private static ProblemHttpResult NoAddress() => Problems.Of(
        StatusCodes.Status409Conflict,
        "public_address_missing",
        "Public:BaseUrl is not set, so Instagram has nowhere to fetch uploads from. Set it, or send what lies at an address of its own.");

    [LoggerMessage(
        EventName = "message.accepted", Level = LogLevel.Information, Message = "{MessageId} of {AccountId} was accepted from {CallerId}")]
    private static partial void LogAccepted(ILogger logger, MessageId messageId, AccountId accountId, string callerId);
}
