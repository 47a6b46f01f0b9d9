using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Applies what an answer means for the sends of the account, or of all accounts. It is kept in their rows, so it holds for every process.
/// </summary>
internal static class HoldBacks
{
    /// <summary>Pauses what the answer says; returns the end of the pause, if there is one.</summary>
    /// <param name="db">The unit's context.</param>
    /// <param name="send">The send.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="inTime">
    /// Whether the claim is still ours. An answer that was frozen with its process says nothing about the limits of today.
    /// </param>
    /// <param name="jitter">0 to 1.</param>
    /// <param name="now">The time (UTC).</param>
    public static async Task<DateTimeOffset?> ApplyAsync(
        SenderDbContext db, ClaimedSend send, GraphAnswer answer, bool inTime, double jitter, DateTimeOffset now)
    {
        var later = answer.Verdict as Verdict.Later;
        var tokenRefused = later?.HoldBack == HoldBack.AccountUntilNewToken;
        var reason = ReasonOf(answer, later);
        var recovered = answer.Verdict is Verdict.Sent && send.Recovering;
        if (!tokenRefused && ((reason is null && !recovered) || !inTime)) return null;

        var account = await db.Accounts.SingleAsync(row => row.AccountId == send.AccountId);
        if (recovered) account.Recover(now);
        // Whenever it comes, it is about the token that was used, and about no other.
        if (tokenRefused) account.RefuseToken(send.Call.ProtectedToken);
        if (tokenRefused || reason is null) return null;
        var until = now + (
            answer.Usage?.RegainAfter ?? RetryPolicy.Pause(account.Pauses, later?.HoldBack == HoldBack.AccountForLong, jitter));
        account.Pause(until, reason, now);
        if (later?.HoldBack == HoldBack.App) await PauseOthersAsync(db, account, until, reason);
        return account.PausedUntil;
    }

    private static string? ReasonOf(GraphAnswer answer, Verdict.Later? later)
    {
        if (later is { HoldBack: not HoldBack.Nothing }) return later.Code;
        return answer.Usage is { Percent: >= UsageHeaders.StopAt } ? "usage_nearly_full" : null;
    }

    private static async Task PauseOthersAsync(SenderDbContext db, SendingAccount account, DateTimeOffset until, string reason) =>
        await db.Accounts
            .Where(other => other.AccountId != account.AccountId && (other.PausedUntil == null || other.PausedUntil < until))
            .ExecuteUpdateAsync(set => set
                .SetProperty(other => other.PausedUntil, until)
                .SetProperty(other => other.PauseReason, reason)
                .SetProperty(other => other.Pauses, other => other.Pauses + 1));
}
