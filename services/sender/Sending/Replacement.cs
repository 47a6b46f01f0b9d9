using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Sending;

/// <summary>
/// Of a send and the one that is made in its place, one goes. The ledger decides, because only here both are known: the first may be sent
/// again by an operator or by itself, or be found by its echo, in the moment in which the store takes the second.
/// </summary>
internal static class Replacement
{
    private static readonly SendError GivenUp = new("given_up", "It was never known to be sent, and was sent anew.", false, null);

    private static readonly SendError WasSent = new(
        "earlier_was_sent", "Instagram has the message in whose place it was to be sent, so it was not sent.", false, null);

    private static readonly SendError IsUnderWay = new(
        "earlier_under_way", "The message in whose place it was to be sent is being sent just now: see how that ends.", true, null);

    /// <summary>Ends one of the two.</summary>
    /// <param name="scope">The unit that takes the second in.</param>
    /// <param name="first">The earlier send, as it stands now.</param>
    /// <param name="second">The later one, not called yet.</param>
    /// <param name="now">The time (UTC).</param>
    /// <param name="traceParent">Of the command.</param>
    public static void Decide(
        WorkScope<SenderDbContext> scope, LedgerEntry first, LedgerEntry second, DateTimeOffset now, string? traceParent)
    {
        if (first.AccountId != second.AccountId || first.State == LedgerState.Rejected) return;
        var (ended, why) = first.State switch
        {
            LedgerState.Sent => (second, WasSent),
            LedgerState.Claimed => (second, IsUnderWay),
            _ => (first, GivenUp),
        };
        ended.Reject(why, now);
        scope.Publish(ended.Report(SendOutcome.Rejected, why, now), traceParent);
    }
}
