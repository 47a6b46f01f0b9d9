using System.Collections.Frozen;
using InstaMessenger.Contracts.Events;
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

    /// <summary>Tried again after the account has rested for hours.</summary>
    PauseAccountForHours,

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
    /// <summary>The next step where there is none: it goes on by itself.</summary>
    private const string Nothing = "Nothing needs to be done: this settles by itself.";

    private const string Reconnect = "Connect the account again.";

    private static readonly Words Window = new(
        "The response window is closed.", "The customer has to write first; until then nobody can be written to.");
    private static readonly Words Permission = new(
        "The app lacks the permission to send.",
        "Check Advanced Access to instagram_business_manage_messages, then connect the account again.");
    private static readonly Words Unavailable = new(
        "The person cannot be reached: deactivated, has blocked the account, or does not take messages.", "Wait until they write again.");
    private static readonly Words NoSuchPerson = new(
        "Meta knows no such person for this account.", "Use the id that this account's webhooks give; other accounts have others.");
    private static readonly Words OtherApp = new(
        "Another app controls the thread.", "Make this app the default one under Conversation Routing in the account's settings.");
    private static readonly Words Throttled = new("Meta limits the account's calls.", Nothing);
    private static readonly Words Trouble = new("Meta had an internal error.", Nothing);
    private static readonly Words Away = new("Meta's service was away for a moment.", Nothing);
    private static readonly Words Unfetched = new(
        "Meta could not fetch the media.", "Check that its address is public https, answers at once, and needs no sign-in.");
    private static readonly Words TooLarge = new(
        "The media is too large for Instagram.", "Send images of at most 8 MB, and video, audio and PDF of at most 25 MB.");
    private static readonly Words WrongMedia = new(
        "Meta does not take this media.", "Send JPEG or PNG, MP4, AAC, M4A, WAV or PDF, whose bytes are what its type says.");
    private static readonly Words Gone = new(
        "Meta does not find the account, the person or the message.", "Check that they still exist and that the account may see them.");
    private static readonly Words Check = new(
        "Meta wants the account's owner to log in and pass a check.", "Let them do so on Instagram, then connect the account again.");

    public static readonly IReadOnlyList<Row> Rows =
    [
        new(-1, null, RetryTextOnly, "meta_unavailable", Trouble),
        new(-2, null, RetryTextOnly, "media_timeout", new("Meta took too long to fetch the media.", Unfetched.NextStep)),
        new(1, null, MaybeSent, "meta_error", Trouble),
        new(1, 99, NeverUntilFixed, "permission_missing", Permission),
        // "Invalid JSON reply", documented as sent nevertheless.
        new(1, 1357046, MaybeSent, "meta_error", Trouble),
        new(2, null, MaybeSent, "meta_unavailable", Away),
        new(
            2,
            2018344,
            NeverUntilFixed,
            "page_terms_not_accepted",
            new("The Page's privacy terms are not accepted.", "Let an admin of the Page accept them.")),
        new(3, null, NeverUntilFixed, "permission_missing", Permission),
        new(4, null, PauseApp, "rate_limited", new("Meta limits the app's calls.", Nothing)),
        new(10, null, NeverUntilFixed, "permission_missing", Permission),
        new(10, 2534022, Never, "window_closed", Window),
        new(10, 2018278, Never, "window_closed", Window),
        new(10, 2018065, Never, "window_closed", Window),
        new(10, 2018108, Never, "recipient_unavailable", Unavailable),
        new(10, 2018300, NeverUntilFixed, "thread_owned_by_other_app", OtherApp),
        new(10, 1545041, Never, "recipient_unavailable", Unavailable),
        new(
            10,
            1893063,
            PauseAccountForLong,
            "account_restricted",
            new(
                "Meta restricts the account from sending for a time.",
                "Look into the account's status on Instagram; sending is tried by itself.")),
        new(17, null, PauseAccount, "rate_limited", Throttled),
        new(32, null, PauseAccount, "rate_limited", Throttled),
        new(
            100,
            null,
            Never,
            "invalid_request",
            new("Meta takes the message for malformed.", "Report it: the product should not send this.")),
        new(100, 33, Never, "object_not_accessible", Gone),
        new(100, 2018001, Never, "recipient_not_found", NoSuchPerson),
        new(100, 1545041, Never, "recipient_unavailable", Unavailable),
        new(100, 2534014, Never, "recipient_not_found", NoSuchPerson),
        new(100, 2534037, NeverUntilFixed, "thread_owned_by_other_app", OtherApp),
        new(
            100,
            2534025,
            Never,
            SendErrorCodes.CommentNotRepliable,
            new("The comment takes no private reply: answered already, too old, or deleted.", "Answer the comment itself on Instagram.")),
        new(
            100,
            2534029,
            NeverUntilFixed,
            "account_blocked",
            new("Meta blocks the business from the messaging API.", "Let its owner look into the account's status on Instagram.")),
        new(100, 2018109, Never, "media_too_large", TooLarge),
        new(100, 2018047, Never, "media_rejected", WrongMedia),
        new(100, 2018034, Never, "empty_message", new("The message is empty.", "Give a text or something to attach.")),
        new(102, null, NeverUntilFixed, "session_invalid", new("Meta does not take the session.", Reconnect)),
        new(190, null, NeedToken, "token_invalid", new("The access token is no longer valid.", Reconnect)),
        new(190, 458, NeedToken, "token_invalid", new("The owner has removed the app.", Reconnect)),
        new(190, 459, NeedToken, "token_invalid", Check),
        new(190, 460, NeedToken, "token_invalid", new("The password was changed.", Reconnect)),
        new(190, 463, NeedToken, "token_invalid", new("The access token has expired.", Reconnect)),
        new(
            190,
            464,
            NeedToken,
            "token_invalid",
            new("The owner's account is not confirmed.", "Confirm it on Instagram, then connect the account again.")),
        new(190, 467, NeedToken, "token_invalid", new("The access token was made invalid.", Reconnect)),
        new(190, 490, NeedToken, "token_invalid", Check),
        new(
            190,
            492,
            NeedToken,
            "token_invalid",
            new("The person who connected the account has no role on the Page any more.", "Let one who has connect it again.")),
        new(190, 2069032, NeedToken, "token_invalid", new("Page permissions are missing.", Reconnect)),
        new(200, null, NeverUntilFixed, "permission_missing", Permission),
        new(
            200,
            2534041,
            NeverUntilFixed,
            "message_access_off",
            new(
                "The owner has switched off message access.",
                "Let them switch it on: Settings, Messages, Connected tools, Allow access.")),
        new(200, 1545041, Never, "recipient_unavailable", Unavailable),
        new(
            200,
            2018028,
            NeverUntilFixed,
            "app_not_live",
            new("The app is not live: only people with a role on it can be written to.", "Set the app live, or give the person a role.")),
        new(230, null, NeverUntilFixed, "permission_missing", Permission),
        new(341, null, PauseAccount, "rate_limited", Throttled),
        new(352, null, Never, "media_rejected", WrongMedia),
        new(352, 2207026, Never, "media_rejected", WrongMedia),
        new(
            368,
            null,
            PauseAccountForHours,
            "temporarily_blocked",
            new(
                "Meta has blocked sending for a violation of its policies.",
                "Look into the account's status on Instagram; sending is tried by itself, hours apart.")),
        new(551, null, Never, "recipient_unavailable", Unavailable),
        new(551, 1545041, Never, "recipient_unavailable", Unavailable),
        new(613, null, PauseAccount, "rate_limited", Throttled),
        new(613, 1996, PauseAccount, "rate_limited", Throttled),
        new(613, 2534040, PauseAccount, "rate_limited", Throttled),
        new(1200, null, Retry, "meta_unavailable", Away),
        new(
            2500,
            null,
            Never,
            "invalid_request",
            new("Meta does not know the path.", "Check Instagram:GraphVersion and Instagram:GraphBaseUrl.")),
        new(9004, null, Never, "media_not_fetched", Unfetched),
        new(9004, 2207052, Never, "media_not_fetched", Unfetched),
        new(36000, null, Never, "media_too_large", TooLarge),
        new(36000, 2207004, Never, "media_too_large", TooLarge),
        new(36001, null, Never, "media_rejected", WrongMedia),
        new(36001, 2207005, Never, "media_rejected", WrongMedia),
        new(80001, null, PauseAccount, "rate_limited", Throttled),
        new(80002, null, PauseAccount, "rate_limited", Throttled),
        new(80006, null, PauseAccount, "rate_limited", Throttled),
        new(80007, null, PauseAccount, "rate_limited", Throttled),
        new(
            9000001,
            null,
            Never,
            "object_not_accessible",
            new("The message is deleted or too old.", "Nothing can be done about it any more.")),
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
        var message = error.UserMessage is { } said ? $"{row.Words} Meta says: {said}" : row.Words.ToString();
        return handling switch
        {
            Never => new Verdict.Rejected(row.OurCode, message, Retryable: false, inDoubt),
            NeverUntilFixed => new Verdict.Rejected(row.OurCode, message, Retryable: true),
            MaybeSent => new Verdict.Unknown(row.OurCode, message),
            PauseAccount => new Verdict.Later(row.OurCode, message, HoldBack.Account),
            PauseAccountForLong => new Verdict.Later(row.OurCode, message, HoldBack.AccountForLong),
            PauseAccountForHours => new Verdict.Later(row.OurCode, message, HoldBack.AccountForHours),
            PauseApp => new Verdict.Later(row.OurCode, message, HoldBack.App),
            NeedToken => new Verdict.Later(row.OurCode, message, HoldBack.AccountUntilNewToken),
            _ => new Verdict.Later(row.OurCode, message, InDoubt: inDoubt),
        };
    }

    /// <summary>What a code of ours means and what to do, for people; null for a code that no error of Meta's comes to.</summary>
    public static Words? WordsOf(string ourCode) => Rows.FirstOrDefault(row => row.OurCode == ourCode)?.Words;

    private static Row? Find(GraphError error)
    {
        if (ByCode.TryGetValue((error.Code, error.Subcode), out var exact)) return exact;
        if (ByCode.TryGetValue((error.Code, null), out var general)) return general;
        return error.Code is > 200 and <= 299 ? new(error.Code, null, NeverUntilFixed, "permission_missing", Permission) : null;
    }

    private static Row Unlisted(GraphError error, int status)
    {
        var isLimit = status == StatusCodes.Status429TooManyRequests;
        var handling = isLimit ? PauseAccount : status is >= 400 and < 500 ? Never : MaybeSent;
        return new(error.Code, error.Subcode, handling, isLimit ? "rate_limited" : "meta_error", new(
            $"Meta answered with code {error.Code}, which is not known here.",
            isLimit ? Nothing : "Look into the conversation at Instagram, and into Meta's list of errors."));
    }

    /// <param name="Code">Meta's code.</param>
    /// <param name="Subcode">Meta's subcode; null for all that have no line of their own.</param>
    /// <param name="Handling">What is done.</param>
    /// <param name="OurCode">Our stable code.</param>
    /// <param name="Words">What happened and what to do, for people.</param>
    public sealed record Row(int Code, int? Subcode, Handling Handling, string OurCode, Words Words);

    /// <param name="Sentence">What happened.</param>
    /// <param name="NextStep">What to do about it.</param>
    public sealed record Words(string Sentence, string NextStep)
    {
        public override string ToString() => $"{Sentence} {NextStep}";
    }
}
