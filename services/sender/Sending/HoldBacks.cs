using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Applies what an answer means for the calls of the account, or of all accounts, whether they send or read conversations. It is kept in
/// their rows, so it holds for every process.
/// </summary>
internal static class HoldBacks
{
    /// <summary>What a send is refused for and every other send of the account will be too, until somebody does something.</summary>
    private static readonly HashSet<string> AccountWide =
        ["permission_missing", "message_access_off", "app_not_live", "account_blocked", "page_terms_not_accepted"];

    /// <summary>Pauses what the answer says; returns the end of the pause, if there is one.</summary>
    /// <param name="db">The unit's context.</param>
    /// <param name="inTime">
    /// Whether the claim is still ours. An answer that was frozen with its process says nothing about the limits of today.
    /// </param>
    /// <param name="jitter">0 to 1.</param>
    /// <param name="now">The time (UTC).</param>
    public static async Task<DateTimeOffset?> ApplyAsync(
        SenderDbContext db, ClaimedSend send, GraphAnswer answer, bool inTime, double jitter, DateTimeOffset now)
    {
        var limit = CallLimit.Of(answer.Verdict, answer.Usage);
        if (answer.Verdict is Verdict.Rejected { InDoubt: false } refused && AccountWide.Contains(refused.Code))
            await Checkup.NoteRefusalAsync(db, send.AccountId, refused.Code, now);
        // A refused token is refused whenever that is heard of.
        if (!inTime && limit is not { HoldBack: HoldBack.AccountUntilNewToken }) return null;
        // A message that Meta looked at and refused is answered like one that it took: it wants no rest any more. What was refused here
        // was not answered by Meta at all.
        var recovered = inTime && send.Recovering && answer is { Status: not null, Verdict: Verdict.Sent or Verdict.Rejected };
        if (limit is null && !recovered) return null;

        var account = await db.Accounts.ForUpdate().SingleAsync(row => row.AccountId == send.AccountId);
        if (recovered && account.PausedUntil <= now && IsRestriction(account.PauseReason))
            await Checkup.LookAsync(db, account.AccountId, now);
        if (recovered) account.Recover(now);
        return limit is null ? null : await ApplyAsync(db, account, send.Call.ProtectedToken, limit, jitter, now);
    }

    /// <summary>Pauses what a limit says that a call met which sent nothing: a unit of its own.</summary>
    public static Task ApplyAsync(
        IUnitOfWork<SenderDbContext> unitOfWork,
        AccountId id,
        string? usedToken,
        CallLimit limit,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            async scope =>
            {
                var account = await scope.Db.Accounts.ForUpdate().SingleAsync(row => row.AccountId == id);
                await ApplyAsync(scope.Db, account, usedToken, limit, Random.Shared.NextDouble(), clock.GetUtcNow());
            },
            cancellationToken);

    /// <summary>Pauses what a limit says; returns the end of the pause, or null when only another token ends it.</summary>
    /// <param name="db">The unit's context.</param>
    /// <param name="account">The account, whose row is locked: what another process notes meanwhile would be taken back.</param>
    /// <param name="usedToken">The token of the call, as it is kept: a refusal is about it and about no other.</param>
    /// <param name="limit">What Meta said.</param>
    /// <param name="jitter">0 to 1.</param>
    /// <param name="now">The time (UTC).</param>
    public static async Task<DateTimeOffset?> ApplyAsync(
        SenderDbContext db, SendingAccount account, string? usedToken, CallLimit limit, double jitter, DateTimeOffset now)
    {
        if (limit.HoldBack == HoldBack.AccountUntilNewToken)
        {
            if (!account.TokenRefused) await Checkup.LookAsync(db, account.AccountId, now);
            account.RefuseToken(usedToken);
            return null;
        }

        var until = now + (limit.RegainAfter ?? RetryPolicy.Pause(account.Pauses, limit.HoldBack, jitter));
        account.Pause(until, limit.Reason, now);
        if (IsRestriction(limit.Reason)) await Checkup.LookAsync(db, account.AccountId, now);
        if (limit.HoldBack == HoldBack.App) await PauseOthersAsync(db, account, until, limit.Reason, now);
        return account.PausedUntil;
    }

    /// <summary>Whether a pause is one that its owner should know of; a rate limit passes by itself.</summary>
    private static bool IsRestriction(string? reason) => reason is "account_restricted" or "temporarily_blocked";

    /// <summary>
    /// Like <see cref="SendingAccount.Pause"/>: calls that were under way together and fail together count as one pause. Counted by a
    /// statement of its own, because MySQL reads in an assignment what those before it have written, in an order that is EF's.
    /// </summary>
    private static async Task PauseOthersAsync(
        SenderDbContext db, SendingAccount account, DateTimeOffset until, string reason, DateTimeOffset now)
    {
        var others = db.Accounts.Where(other => other.AccountId != account.AccountId);
        await others.Where(other => other.PausedUntil == null || other.PausedUntil <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(other => other.Pauses, other => other.Pauses + 1));
        await others.Where(other => other.PausedUntil == null || other.PausedUntil < until)
            .ExecuteUpdateAsync(set => set
                .SetProperty(other => other.PausedUntil, until)
                .SetProperty(other => other.PauseReason, reason));
    }
}
