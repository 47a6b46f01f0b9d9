using System.Collections.Frozen;
using static InstaMessenger.Sender.Graph.Handling;

namespace InstaMessenger.Sender.Graph;

/// <summary>What is done about an error of Meta's.</summary>
internal enum Handling
{
    /// <summary>Rejected; the same message would be refused again.</summary>
    Never,

    /// <summary>Rejected; the same message can succeed once somebody has changed what the sentence names.</summary>
    NeverUntilFixed,

    /// <summary>Not executed: tried again.</summary>
    Retry,

    /// <summary>Tried again when it is text; unknown when Meta may have been fetching media for it.</summary>
    RetryTextOnly,

    /// <summary>Tried again after the account has rested.</summary>
    PauseAccount,

    /// <summary>Tried again after the account has rested for long.</summary>
    PauseAccountForLong,

    /// <summary>Tried again after all accounts have rested.</summary>
    PauseApp,

    /// <summary>Tried again with another token.</summary>
    NeedToken,

    /// <summary>Meta may have sent it: never tried again by itself.</summary>
    MaybeSent,
}

/// <summary>
/// Meta's errors and what they come to: meta-platform.md 4.3, line by line. The codes at the right are ours, stable, and seen by clients.
/// </summary>
internal static class GraphErrorTable
{
    private const string Window = "The response window is closed: the customer has to write first.";
    private const string Permission =
        "The app lacks the permission: check Advanced Access to instagram_business_manage_messages, then connect the account again.";
    private const string Unavailable = "The person cannot be reached: deactivated, has blocked the account, or does not take messages.";
    private const string OtherApp = "Another app controls the thread: check Conversation Routing in the account's settings.";
    private const string Throttled = "Meta limits the account's calls; sending goes on by itself.";
    private const string Trouble = "Meta had an internal error.";
    private const string Media = "Meta could not use the media: check that the URL is public, and its type and size.";

    public static readonly IReadOnlyList<Row> Rows =
    [
        new(-1, null, RetryTextOnly, "meta_unavailable", Trouble),
        new(-2, null, RetryTextOnly, "media_timeout", "Meta took too long to fetch the media."),
        new(1, null, MaybeSent, "meta_error", Trouble),
        new(1, 99, NeverUntilFixed, "permission_missing", Permission),
        // "Invalid JSON reply", documented as sent nevertheless.
        new(1, 1357046, MaybeSent, "meta_error", Trouble),
        new(2, null, MaybeSent, "meta_unavailable", "Meta's service was away for a moment."),
        new(2, 2018344, NeverUntilFixed, "page_terms_not_accepted", "The Page's privacy terms must be accepted by its admin."),
        new(3, null, NeverUntilFixed, "permission_missing", Permission),
        new(4, null, PauseApp, "rate_limited", "Meta limits the app's calls; sending goes on by itself."),
        new(10, null, NeverUntilFixed, "permission_missing", Permission),
        new(10, 2534022, Never, "window_closed", Window),
        new(10, 2018278, Never, "window_closed", Window),
        new(10, 2018065, Never, "window_closed", Window),
        new(10, 2018108, Never, "recipient_unavailable", Unavailable),
        new(10, 2018300, NeverUntilFixed, "thread_owned_by_other_app", OtherApp),
        new(10, 1545041, Never, "recipient_unavailable", Unavailable),
        new(10, 1893063, PauseAccountForLong, "account_restricted", "Meta restricts the account from sending for a time."),
        new(17, null, PauseAccount, "rate_limited", Throttled),
        new(32, null, PauseAccount, "rate_limited", Throttled),
        new(100, null, Never, "invalid_request", "Meta takes the message for malformed."),
        new(100, 33, Never, "object_not_accessible", "The account or the person does not exist for this token."),
        new(100, 2018001, Never, "recipient_not_found", "Meta knows no such person for this account."),
        new(100, 1545041, Never, "recipient_unavailable", Unavailable),
        new(100, 2534014, Never, "recipient_not_found", "Meta knows no such person for this account."),
        new(100, 2534037, NeverUntilFixed, "thread_owned_by_other_app", OtherApp),
        new(100, 2534025, Never, "comment_not_repliable", "The comment takes no private reply: answered already, too old, or deleted."),
        new(100, 2534029, NeverUntilFixed, "account_blocked", "Meta blocks the business from the messaging API."),
        new(100, 2018109, Never, "media_too_large", Media),
        new(100, 2018047, Never, "media_rejected", Media),
        new(100, 2018034, Never, "empty_message", "The message is empty."),
        new(102, null, NeverUntilFixed, "session_invalid", "Meta does not take the session: connect the account again."),
        new(190, null, NeedToken, "token_invalid", "The access token is no longer valid: connect the account again."),
        new(190, 458, NeedToken, "token_invalid", "The owner has removed the app: connect the account again."),
        new(190, 459, NeedToken, "token_invalid", "Meta wants the owner to log in and pass a check; then connect the account again."),
        new(190, 460, NeedToken, "token_invalid", "The password was changed: connect the account again."),
        new(190, 463, NeedToken, "token_invalid", "The access token has expired: connect the account again."),
        new(190, 464, NeedToken, "token_invalid", "The owner's account is not confirmed: confirm it, then connect the account again."),
        new(190, 490, NeedToken, "token_invalid", "Meta wants the owner to log in and pass a check; then connect the account again."),
        new(190, 492, NeedToken, "token_invalid", "The owner has no role on the Page any more: connect the account again."),
        new(190, 2069032, NeedToken, "token_invalid", "Page permissions are missing: connect the account again."),
        new(
            200,
            2534041,
            NeverUntilFixed,
            "message_access_off",
            "The owner has switched off message access: Settings, Messages, Connected tools, Allow access."),
        new(200, 1545041, Never, "recipient_unavailable", Unavailable),
        new(200, 2018028, NeverUntilFixed, "app_not_live", "The app is not live: only people with a role on it can be written to."),
        new(230, null, NeverUntilFixed, "permission_missing", Permission),
        new(341, null, PauseAccount, "rate_limited", Throttled),
        new(352, null, Never, "media_rejected", Media),
        new(
            368,
            null,
            PauseAccountForLong,
            "temporarily_blocked",
            "Meta has blocked sending for a violation of its policies; look into the account's status."),
        new(551, null, Never, "recipient_unavailable", Unavailable),
        new(551, 1545041, Never, "recipient_unavailable", Unavailable),
        new(613, null, PauseAccount, "rate_limited", Throttled),
        new(1200, null, Retry, "meta_unavailable", "Meta could not send for the moment."),
        new(2500, null, Never, "invalid_request", "Meta does not know the path."),
        new(9004, null, Never, "media_not_fetched", Media),
        new(36000, null, Never, "media_too_large", Media),
        new(36001, null, Never, "media_rejected", Media),
        new(80001, null, PauseAccount, "rate_limited", Throttled),
        new(80002, null, PauseAccount, "rate_limited", Throttled),
        new(80006, null, PauseAccount, "rate_limited", Throttled),
        new(80007, null, PauseAccount, "rate_limited", Throttled),
        new(9000001, null, Never, "object_not_accessible", "The message is deleted or too old."),
    ];

    private static readonly FrozenDictionary<(int Code, int? Subcode), Row> ByCode = Rows.ToFrozenDictionary(
        row => (row.Code, row.Subcode));

    /// <summary>What an error comes to.</summary>
    /// <param name="error">Meta's error.</param>
    /// <param name="status">The HTTP status it came with; decides when the table has no line.</param>
    /// <param name="isMedia">Whether Meta fetches media for the message.</param>
    public static Verdict VerdictOf(GraphError error, int status, bool isMedia)
    {
        var known = Find(error);
        var row = known ?? Unlisted(error, status);
        // Code 20 was seen on a send that went out, so a refusal that we do not know counts only once no echo has come.
        var inDoubt = known is null && row.Handling == Never;
        var handling = row.Handling switch
        {
            RetryTextOnly => isMedia ? MaybeSent : Retry,
            // Meta takes the refusal back. Not so for MaybeSent: that an error passes says nothing about whether the message went out.
            Never or NeverUntilFixed when error.IsTransient => Retry,
            var plain => plain,
        };
        var message = error.UserMessage is { } said ? $"{row.Sentence} Meta says: {said}" : row.Sentence;
        return handling switch
        {
            Never => new Verdict.Rejected(row.OurCode, message, Retryable: false, inDoubt),
            NeverUntilFixed => new Verdict.Rejected(row.OurCode, message, Retryable: true),
            MaybeSent => new Verdict.Unknown(row.OurCode, message),
            PauseAccount => new Verdict.Later(row.OurCode, message, HoldBack.Account),
            PauseAccountForLong => new Verdict.Later(row.OurCode, message, HoldBack.AccountForLong),
            PauseApp => new Verdict.Later(row.OurCode, message, HoldBack.App),
            NeedToken => new Verdict.Later(row.OurCode, message, HoldBack.AccountUntilNewToken),
            _ => new Verdict.Later(row.OurCode, message, InDoubt: inDoubt),
        };
    }

    private static Row? Find(GraphError error)
    {
        if (ByCode.TryGetValue((error.Code, error.Subcode), out var exact)) return exact;
        if (ByCode.TryGetValue((error.Code, null), out var general)) return general;
        return error.Code is >= 200 and <= 299 ? new(error.Code, null, NeverUntilFixed, "permission_missing", Permission) : null;
    }

    private static Row Unlisted(GraphError error, int status) => new(error.Code, error.Subcode, status switch
    {
        StatusCodes.Status429TooManyRequests => PauseAccount,
        >= 400 and < 500 => Never,
        _ => MaybeSent,
    }, status == StatusCodes.Status429TooManyRequests ? "rate_limited" : "meta_error", $"Meta answered with code {error.Code}, which is "
        + $"not known here.");

    /// <param name="Code">Meta's code.</param>
    /// <param name="Subcode">Meta's subcode; null for all that have no line of their own.</param>
    /// <param name="Handling">What is done.</param>
    /// <param name="OurCode">Our stable code.</param>
    /// <param name="Sentence">What happened and what to do, for people.</param>
    public sealed record Row(int Code, int? Subcode, Handling Handling, string OurCode, string Sentence);
}
