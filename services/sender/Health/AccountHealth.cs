using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;

namespace InstaMessenger.Sender.Health;

/// <summary>How an account stands.</summary>
internal enum HealthStatus
{
    /// <summary>Nothing is to be done.</summary>
    Healthy,

    /// <summary>Something is slow and ends by itself.</summary>
    Degraded,

    /// <summary>Somebody has to do something: see <c>next_step</c>.</summary>
    ActionNeeded,
}

/// <summary>Whether sends go out.</summary>
internal enum SendingState
{
    Running,
    Paused,
}

/// <summary>What an access token is good for.</summary>
internal enum TokenState
{
    /// <summary>Meta takes it.</summary>
    Valid,

    /// <summary>It ends within two weeks, although it should have been refreshed long before.</summary>
    Expiring,

    /// <summary>It has ended, or Meta refuses it.</summary>
    Invalid,
}

/// <summary>An account's health.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Token">Its access token.</param>
/// <param name="Subscription">What Meta tells us of it.</param>
/// <param name="LastWebhookAt">When Meta last told something; up to a minute old. Null for not yet.</param>
/// <param name="LastSentAt">When Meta last took a message; up to a minute old. Null for not yet.</param>
/// <param name="Sending">What waits to be sent.</param>
/// <param name="Quarantined">Webhooks that name it and could not be recorded for it.</param>
/// <param name="Completeness">How many of the messages that Meta shows are kept; null until they were compared.</param>
/// <param name="ProfileCache">How often the profiles of customers who wrote were known.</param>
/// <param name="Problems">What is wrong; empty when nothing is.</param>
/// <param name="NextStep">What to do first; null when nothing is to be done.</param>
internal sealed record AccountHealth(
    HealthStatus Status,
    TokenHealth Token,
    SubscriptionHealth Subscription,
    DateTimeOffset? LastWebhookAt,
    DateTimeOffset? LastSentAt,
    SendingHealth Sending,
    int Quarantined,
    CompletenessHealth? Completeness,
    ProfileCacheHealth ProfileCache,
    IReadOnlyList<HealthProblem> Problems,
    string? NextStep)
{
    /// <summary>Describes an account.</summary>
    /// <param name="checkup">What Meta said of it.</param>
    /// <param name="waiting">What waits or is under way.</param>
    /// <param name="hitRate">Of the cache of profiles; null while nobody wrote.</param>
    /// <param name="options">How fast sends may go.</param>
    /// <param name="more">What is wrong with all accounts, like the public address.</param>
    /// <param name="now">The time (UTC).</param>
    public static AccountHealth Of(
        SendingAccount account,
        Checkup checkup,
        Waiting waiting,
        double? hitRate,
        SenderOptions options,
        IEnumerable<HealthProblem> more,
        DateTimeOffset now)
    {
        var rest = AccountRest.Of(account, now);
        double? eta = account.TokenRefused ? null
            : waiting.Sends == 0 ? 0
            : ((rest?.Until - now)?.TotalSeconds ?? 0) + waiting.SecondsAt(options);
        List<HealthProblem> problems = [.. HealthProblems.Of(account, checkup, now), .. more];
        return new AccountHealth(
            StatusOf(problems),
            TokenHealth.Of(account, checkup, now),
            SubscriptionHealth.Of(checkup),
            checkup.LastWebhookAt,
            checkup.LastSentAt,
            new SendingHealth(
                rest is null ? SendingState.Running : SendingState.Paused,
                rest?.Code,
                rest?.Until,
                waiting.Sends,
                eta is { } seconds ? (long)Math.Ceiling(seconds) : null),
            checkup.Quarantined,
            CompletenessHealth.Of(checkup),
            new ProfileCacheHealth(hitRate),
            problems,
            NextStepOf(problems));
    }

    public static HealthStatus StatusOf(IReadOnlyList<HealthProblem> problems) =>
        problems.Count == 0 ? HealthStatus.Healthy : NextStepOf(problems) is null ? HealthStatus.Degraded : HealthStatus.ActionNeeded;

    public static string? NextStepOf(IReadOnlyList<HealthProblem> problems) =>
        problems.Select(problem => problem.NextStep).FirstOrDefault(step => step is not null);
}

/// <summary>An account's access token.</summary>
/// <param name="State">What it is good for.</param>
/// <param name="ExpiresAt">When it ends; null when that is not known, or when it has no fixed end.</param>
/// <param name="DaysLeft">Whole days until then.</param>
/// <param name="RefreshedAt">When it was last refreshed; null for not yet.</param>
internal sealed record TokenHealth(TokenState State, DateTimeOffset? ExpiresAt, int? DaysLeft, DateTimeOffset? RefreshedAt)
{
    /// <summary>Days before the end at which a token that was not refreshed is told of.</summary>
    public static readonly int[] NoticeDays = [14, 7, 1];

    public static TokenHealth Of(SendingAccount account, Checkup checkup, DateTimeOffset now)
    {
        var left = checkup.TokenExpiresAt - now;
        var state = account.TokenRefused || left <= TimeSpan.Zero ? TokenState.Invalid
            : left <= TimeSpan.FromDays(NoticeDays[0]) ? TokenState.Expiring
            : TokenState.Valid;
        return new TokenHealth(
            state, checkup.TokenExpiresAt, left is { } time ? Math.Max(0, (int)time.TotalDays) : null, checkup.RefreshedAt);
    }
}

/// <summary>The webhooks that Meta sends.</summary>
/// <param name="Fields">Subscribed fields, as Meta shows them; null while it was not asked.</param>
/// <param name="Missing">Fields that should be there and are not.</param>
/// <param name="CheckedAt">When Meta was last asked.</param>
internal sealed record SubscriptionHealth(IReadOnlyList<string>? Fields, IReadOnlyList<string> Missing, DateTimeOffset? CheckedAt)
{
    public static SubscriptionHealth Of(Checkup checkup) => new(
        checkup.Fields is null ? null : Names(checkup.Fields), Names(checkup.Missing), checkup.CheckedAt);

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What waits to be sent, or is under way.</summary>
/// <param name="Sends">How many.</param>
/// <param name="Heavy">How many of them are audio or video.</param>
/// <param name="ToOne">How many of them go to the contact who gets most.</param>
internal sealed record Waiting(int Sends, int Heavy, int ToOne)
{
    public static readonly Waiting Nothing = new(0, 0, 0);

    /// <summary>How many seconds they take: each of the three paces holds.</summary>
    public double SecondsAt(SenderOptions options) => Math.Max(
        (double)ToOne / options.SendsPerThreadPerSecond,
        Math.Max((double)Sends / options.SendsPerSecond, (double)Heavy / options.AudioVideoPerSecond));
}

/// <summary>What waits to be sent.</summary>
/// <param name="State">Whether sends go out.</param>
/// <param name="Reason">Why not; null when they do.</param>
/// <param name="Until">When they go on; null when they do, or when only another token lets them.</param>
/// <param name="Queued">How many wait or are under way.</param>
/// <param name="EtaSeconds">
/// How long the last of them waits, at the pace of the account and if Meta takes all; null when only another token lets them go.
/// </param>
internal sealed record SendingHealth(SendingState State, string? Reason, DateTimeOffset? Until, int Queued, long? EtaSeconds);

/// <summary>How complete the last day was when it was compared with what Meta shows, which a sweep does every hour.</summary>
/// <param name="CheckedAt">When that was (UTC).</param>
/// <param name="Known">Messages that were here.</param>
/// <param name="Missing">Messages that no webhook had brought; they are here since.</param>
/// <param name="Percent">The share of those that were here, 0 to 100; 100 when there was no message.</param>
internal sealed record CompletenessHealth(DateTimeOffset CheckedAt, int Known, int Missing, double Percent)
{
    public static CompletenessHealth? Of(Checkup checkup)
    {
        if (checkup.ComparedAt is not { } at) return null;
        var (known, missing) = (checkup.KnownMessages, checkup.MissingMessages);
        // Rounded down: what is not whole never looks whole.
        var percent = missing == 0 ? 100 : Math.Floor(1000d * known / (known + missing)) / 10;
        return new CompletenessHealth(at, known, missing, percent);
    }
}

/// <summary>How well the cache of profiles serves.</summary>
/// <param name="HitRate">
/// The share of customers who wrote and of whom Meta need not be asked, 0 to 1, of about the last day; null while nobody wrote.
/// </param>
internal sealed record ProfileCacheHealth(double? HitRate);

/// <summary>Something that is wrong.</summary>
/// <param name="Code">A stable snake_case code.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="NextStep">What to do; null when it ends by itself.</param>
internal sealed record HealthProblem(string Code, string Message, string? NextStep);
