using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Sending;

/// <summary>Why an account sends nothing now.</summary>
/// <param name="Code">A stable snake_case code.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Until">When it goes on; null when only another token lets it.</param>
/// <param name="NextStep">What to do; null when it ends by itself.</param>
internal sealed record AccountRest(string Code, string Message, DateTimeOffset? Until, string? NextStep)
{
    /// <summary>Says why an account rests; null when it sends.</summary>
    public static AccountRest? Of(SendingAccount account, DateTimeOffset now) => account switch
    {
        { TokenRefused: true } => new(
            "token_invalid",
            "Meta refuses the access token. Messages are received and kept; none is sent.",
            null,
            "Connect the account again."),
        _ when !(account.PausedUntil > now) => null,
        { PauseReason: "account_restricted" or "temporarily_blocked" } => new(
            account.PauseReason,
            $"Meta keeps the account from sending for a time. One message is tried at {account.PausedUntil:u}.",
            account.PausedUntil,
            "Look into the account's status on Instagram; sending is tried by itself."),
        _ => new(
            account.PauseReason ?? "rate_limited",
            $"Meta limits the account's calls. Sending goes on at {account.PausedUntil:u}, with one message at first.",
            account.PausedUntil,
            null),
    };
}
