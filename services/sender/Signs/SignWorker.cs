using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Signs;

/// <summary>
/// Shows signs, each with one call and no second try. Two processes that run show what each was handed. An account that Meta limits, or
/// whose token it refused, shows none.
/// </summary>
internal sealed partial class SignWorker(
    WaitingSigns signs, IDbContextFactory<SenderDbContext> factory, GraphClient graph, TimeProvider clock, ILogger<SignWorker> logger)
    : Worker
{
    private const int AtOnce = 16;

    /// <summary>Instagram shows "typing" for about 20 s, and a message comes soon after it.</summary>
    private static readonly TimeSpan TypingFor = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan SeenFor = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    public override string Name => "sender.signs";

    public override TimeSpan Interval => TimeSpan.FromMinutes(1);

    public override WakeSignal Signal => signs;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        var waiting = signs.Take();
        if (waiting.Count == 0) return NextRound.WhenWoken;
        var ids = waiting.Select(sign => sign.AccountId).Distinct().ToList();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var accounts = await db.Accounts.AsNoTracking().Where(account => ids.Contains(account.AccountId))
            .ToDictionaryAsync(account => account.AccountId, cancellationToken);
        await Parallel.ForEachAsync(
            waiting.Where(sign => accounts.TryGetValue(sign.AccountId, out var account) && MayShow(account)),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (sign, _) => await ShowAsync(sign, accounts[sign.AccountId]));
        return NextRound.WhenWoken;
    }

    private bool MayShow(SendingAccount account) =>
        account is { Unlinked: false, TokenRefused: false } && !(account.PausedUntil > clock.GetUtcNow());

    private async Task ShowAsync(ShowSign sign, SendingAccount account)
    {
        var showBy = sign.At + (sign.Sign == Sign.MarkSeen ? SeenFor : TypingFor);
        if (clock.GetUtcNow() > showBy) return;
        var (ready, _) = graph.Prepare(new GraphCall(
            account.AccountId,
            account.InstagramAccountId,
            account.LoginType,
            account.ProtectedToken,
            sign.ContactId,
            new SignContent(sign.Sign),
            HumanAgentTag: false));
        if (ready is null) return;
        var answer = await graph.SendAsync(ready, showBy, CallTimeout);
        if (answer.Verdict is not Verdict.Sent) LogNotShown(logger, account.AccountId, sign.Sign, answer.Status, answer.Error?.Code);
    }

    [LoggerMessage(
        EventName = "sign.not_shown",
        Level = LogLevel.Debug,
        Message = "{Sign} of {AccountId} was not shown (HTTP {Status}, Meta {Code}); it is not tried again")]
    private static partial void LogNotShown(
        ILogger logger, InstaMessenger.Contracts.Ids.AccountId accountId, Sign sign, int? status, int? code);
}
