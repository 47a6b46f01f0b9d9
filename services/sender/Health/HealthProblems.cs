using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;

namespace InstaMessenger.Sender.Health;

/// <summary>What is wrong with an account, the worst first, in words that the owner of a shop understands.</summary>
internal static class HealthProblems
{
    private const string Reconnect = "Connect the account again.";

    /// <summary>A message that went out comes back as an echo within seconds, so this long without any webhook is a fault.</summary>
    private static readonly TimeSpan EchoesComeWithin = TimeSpan.FromHours(1);

    /// <summary>Checks run each day; one that Meta has not answered for two is worth a word.</summary>
    private static readonly TimeSpan ChecksComeWithin = TimeSpan.FromDays(2);

    public static IEnumerable<HealthProblem> Of(SendingAccount account, Checkup checkup, DateTimeOffset now)
    {
        var rest = AccountRest.Of(account, now);
        if (rest is { Until: null }) yield return new(rest.Code, rest.Message, rest.NextStep);
        else if (TokenProblem(checkup, now) is { } token) yield return token;
        foreach (var code in new[] { checkup.Finding, checkup.Refusal }.OfType<string>().Distinct())
        {
            var words = GraphErrorTable.WordsOf(code);
            yield return new(code, words?.Sentence ?? "Meta refuses to show the account.", words?.NextStep ?? Reconnect);
        }

        if (checkup.Missing.Length > 0) yield return new(
            "subscription_missing",
            $"Instagram does not tell us everything: {checkup.Missing.Replace(",", ", ", StringComparison.Ordinal)} cannot be subscribed.",
            "Have the webhook fields switched on in the Meta app, then check again.");
        if (checkup.LastSentAt is { } sent && now - sent > TimeSpan.FromMinutes(10)
            && (checkup.LastWebhookAt is not { } told || sent - told > EchoesComeWithin)) yield return new(
            "no_webhooks",
            "Messages go out, but Instagram tells us nothing of them: what customers write may not arrive.",
            "Check in Meta's dashboard that the app is live and that its webhooks lead here.");
        if (rest is { Until: not null }) yield return new(rest.Code, rest.Message, rest.NextStep);
        if (checkup.Quarantined > 0) yield return new(
            "quarantined_webhooks",
            $"{checkup.Quarantined} things that Instagram told of this account could not be filed.",
            "Have an administrator look at the quarantine.");
        if (checkup.CheckedAt is { } at && now - at > ChecksComeWithin && !account.TokenRefused) yield return new(
            "not_checked", "Instagram could not be asked about the account for two days. This is tried again by itself.", null);
    }

    private static HealthProblem? TokenProblem(Checkup checkup, DateTimeOffset now)
    {
        if (checkup.TokenExpiresAt is not { } end) return null;
        if (end <= now) return new("token_expired", "The access to Instagram has ended, and messages may not go out.", Reconnect);
        var days = (int)Math.Ceiling((end - now).TotalDays);
        return days > TokenHealth.NoticeDays[0] ? null : new(
            "token_expires_soon",
            $"The access to Instagram ends in {days} {(days == 1 ? "day" : "days")} and could not be renewed by itself.",
            Reconnect);
    }
}
