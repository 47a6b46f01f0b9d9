using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Publishing;
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

/// <summary>An account's health, as far as the sender knows it.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Sending">What waits to be sent.</param>
/// <param name="ProfileCache">How often the profiles of customers who wrote were known.</param>
/// <param name="Problems">What is wrong; empty when nothing is.</param>
/// <param name="NextStep">What to do first; null when nothing is to be done.</param>
internal sealed record AccountHealth(
    HealthStatus Status,
    SendingHealth Sending,
    ProfileCacheHealth ProfileCache,
    IReadOnlyList<HealthProblem> Problems,
    string? NextStep)
{
    /// <summary>Describes an account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="waiting">What waits or is under way.</param>
    /// <param name="hitRate">Of the cache of profiles; null while nobody wrote.</param>
    /// <param name="options">How fast sends may go.</param>
    /// <param name="address">What is wrong with the public address, which is every account's; null when nothing is.</param>
    /// <param name="now">The time (UTC).</param>
    public static AccountHealth Of(
        SendingAccount account,
        Waiting waiting,
        double? hitRate,
        SenderOptions options,
        AddressFault? address,
        DateTimeOffset now)
    {
        var rest = AccountRest.Of(account, now);
        double? eta = account.TokenRefused ? null
            : waiting.Sends == 0 ? 0
            : ((rest?.Until - now)?.TotalSeconds ?? 0) + waiting.SecondsAt(options);
        HealthProblem?[] all =
        [
            rest is null ? null : new HealthProblem(rest.Code, rest.Message, rest.NextStep),
            address is null ? null : new HealthProblem(address.Code, $"Uploads cannot be sent. {address.Message}", address.NextStep),
        ];
        List<HealthProblem> problems = [.. all.OfType<HealthProblem>()];
        var nextStep = problems.Find(problem => problem.NextStep is not null)?.NextStep;
        return new AccountHealth(
            problems.Count == 0 ? HealthStatus.Healthy : nextStep is null ? HealthStatus.Degraded : HealthStatus.ActionNeeded,
            new SendingHealth(
                rest is null ? SendingState.Running : SendingState.Paused,
                rest?.Code,
                rest?.Until,
                waiting.Sends,
                eta is { } seconds ? (long)Math.Ceiling(seconds) : null),
            new ProfileCacheHealth(hitRate),
            problems,
            nextStep);
    }
}

/// <summary>What waits to be sent, or is under way.</summary>
/// <param name="Sends">How many.</param>
/// <param name="Heavy">How many of them are audio or video.</param>
/// <param name="ToOne">How many of them go to the contact who gets most.</param>
internal sealed record Waiting(int Sends, int Heavy, int ToOne)
{
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
