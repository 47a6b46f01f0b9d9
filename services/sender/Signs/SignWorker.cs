using System.Collections.Concurrent;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Signs;

/// <summary>
/// Shows signs, each with one call and no second try. Two processes that run show what each was handed. A sign counts in the account's
/// pace, and what Meta answers holds back its sends too. An account that Meta limits, or whose token it refused, shows none.
/// </summary>
internal sealed partial class SignWorker(
    WaitingSigns signs,
    IDbContextFactory<SenderDbContext> factory,
    IUnitOfWork<SenderDbContext> unitOfWork,
    GraphClient graph,
    Pace pace,
    TimeProvider clock,
    ILogger<SignWorker> logger) : Worker
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
        var rows = db.Accounts.AsNoTracking().Where(account => ids.Contains(account.AccountId)).OrderBy(account => account.AccountId);
        var mayShow = new ConcurrentDictionary<AccountId, SendingAccount>(
            (await db.ReadableAsync(rows, cancellationToken)).Where(MayShow).ToDictionary(account => account.AccountId));
        await Parallel.ForEachAsync(
            waiting,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (sign, end) =>
            {
                if (!mayShow.TryGetValue(sign.AccountId, out var account)) return;
                if (await ShowAsync(sign, account) is not { } limit || !mayShow.TryRemove(sign.AccountId, out _)) return;
                await HoldBacks.ApplyAsync(unitOfWork, sign.AccountId, account.ProtectedToken, limit, clock, end);
            });
        return NextRound.WhenWoken;
    }

    private bool MayShow(SendingAccount account) =>
        account is { Unlinked: false, TokenRefused: false } && !(account.PausedUntil > clock.GetUtcNow());

    /// <summary>Shows a sign if there is room for it; returns what Meta's answer limits, if anything.</summary>
    private async Task<CallLimit?> ShowAsync(ShowSign sign, SendingAccount account)
    {
        var showBy = sign.At + (sign.Sign == Sign.MarkSeen ? SeenFor : TypingFor);
        if (clock.GetUtcNow() > showBy || !pace.HasRoom(account.AccountId, heavy: false)) return null;
        var (ready, _) = graph.Prepare(new GraphCall(
            account.AccountId,
            account.InstagramAccountId,
            account.LoginType,
            account.ProtectedToken,
            sign.ContactId,
            new SignContent(sign.Sign),
            HumanAgentTag: false));
        if (ready is null) return null;
        pace.Take(account.AccountId, sign.ContactId, heavy: false);
        var answer = await graph.SendAsync(ready, showBy, CallTimeout);
        pace.Note(account.AccountId, answer.Usage);
        if (answer.Verdict is not Verdict.Sent) LogNotShown(logger, account.AccountId, sign.Sign, answer.Status, answer.Error?.Code);
        return CallLimit.Of(answer.Verdict, answer.Usage);
    }

    [LoggerMessage(
        EventName = "sign.not_shown",
        Level = LogLevel.Debug,
        Message = "{Sign} of {AccountId} was not shown (HTTP {Status}, Meta {Code}); it is not tried again")]
    private static partial void LogNotShown(
        ILogger logger, AccountId accountId, Sign sign, int? status, int? code);
}
