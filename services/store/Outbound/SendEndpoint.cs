using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Http.Bodies;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Conversations;
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
        .KeepsItsAnswers()
        .WithMetadata(new RequestSizeLimitAttribute(UploadRequest.MostBytes))
        .Refuses(StatusCodes.Status400BadRequest, "bad_multipart")
        .Refuses(StatusCodes.Status503ServiceUnavailable, "media_storage_unavailable")
        .Accepts<SendForm>("application/json", "multipart/form-data")
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
        .Refuses(StatusCodes.Status403Forbidden, "account_not_yours")
        .Refuses(StatusCodes.Status409Conflict, "window_closed", "comment_not_repliable", "public_address_missing")
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .Refuses(StatusCodes.Status415UnsupportedMediaType, "type_not_allowed")
        .Refuses(
            StatusCodes.Status422UnprocessableEntity, "text_too_long", "empty_file", "file_unreadable", "file_truncated",
            "too_many_pixels", "type_mismatch");

    private static async Task<Results<WrittenResult<SendAnswer>, ProblemHttpResult>> SendAsync(
        HttpContext context,
        Caller caller,
        SendBody body,
        AcceptSend accept,
        SendRepeats repeats,
        Verdicts verdicts,
        PublicAddress address,
        TimeProvider clock,
        ILogger<AcceptSend> logger)
    {
        var (request, form, problem) = await body.ReadAsync(context, caller);
        if (request is null) return problem!;
        await using var received = form;
        if (SendKey.Read(context.Request.Headers, request.IdempotencyKey, out var key) is { } unreadable) return unreadable;
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
                return await repeats.AnswerAsync(
                    wish.Given, await verdicts.WaitAsync(waiting, answer, preference.Wait, context.RequestAborted));
            case Acceptance.Replayed or Acceptance.InProgress or Acceptance.KeyReused:
                return SendRepeats.Again(context.Response, acceptance);
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

    /// <summary>The file of a form, as the message gets it. From here on a row may name it.</summary>
    private static Upload? FileOf(UploadForm? form, AccountId account, TimeProvider clock)
    {
        if (form?.File is not { } file) return null;
        file.MayHaveRow = true;
        var now = clock.GetUtcNow();
        return file.ToUpload(UploadId.New(clock), account, now, now);
    }

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
