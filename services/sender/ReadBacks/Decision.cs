using InstaMessenger.Contracts.Events;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;

namespace InstaMessenger.Sender.ReadBacks;

/// <summary>What a look means for one unknown send: each method changes the row and returns the report, or null for nothing new.</summary>
/// <param name="Row">The send.</param>
/// <param name="Options">How long to wait for what.</param>
/// <param name="LookedAt">When the conversation was read (UTC).</param>
/// <param name="Now">The time (UTC).</param>
internal sealed record Decision(LedgerEntry Row, SenderOptions Options, DateTimeOffset LookedAt, DateTimeOffset Now)
{
    /// <summary>Looks that fail are repeated after 1, 2, 4 … times the first wait; after this many a person must decide.</summary>
    public const int MostLooks = 8;

    /// <summary>How soon to look again when an equal send is under way.</summary>
    public static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private static readonly SendError NotDelivered = new(
        "not_delivered", "Instagram does not have it; sending again is safe.", Retryable: true, null);

    public SendReported Found(Finding.Found found)
    {
        Row.MarkSent(found.Id, Now);
        // Meta's seconds are whole: the message must not stand before what it answers.
        var at = found.At > Row.CalledAt ? found.At : Row.CalledAt ?? Now;
        return Of(SendOutcome.Sent, null) with { At = at, ByEcho = true };
    }

    /// <summary>The first time it is only noted; the second, long enough after the call, settles it.</summary>
    public SendReported? Absent()
    {
        if (Row.InDoubt) return RefusalCounts();
        var calledAt = Row.CalledAt ?? Row.AcceptedAt;
        if (Row.AbsentAt is null || LookedAt < calledAt + Options.AbsentAfter)
        {
            var next = calledAt + Options.AbsentAfter;
            Row.NoteAbsent(Now, next > Now + Options.ReadBackAfter ? next : Now + Options.ReadBackAfter);
            return null;
        }

        if (Options.ResendAbsent && !Row.Resent && Row.ExpiresAt > Now)
        {
            Row.Resend(Now);
            return Of(SendOutcome.Later, new SendError("not_delivered", "Instagram does not have it; it is sent again.", true, Now));
        }

        Row.Reject(NotDelivered, Now);
        return Of(SendOutcome.Rejected, NotDelivered);
    }

    public SendReported Unprovable() => Row is { InDoubt: true, RetriesAfterDoubt: false }
        ? RefusalCounts()
        : LeaveToPeople("the conversation shows neither that Instagram has it nor that it does not");

    /// <summary>Nothing is decided while an equal send is under way, which ends within a minute.</summary>
    public void Busy() => Row.PutOffLook(Now + BusyFor);

    public SendReported? Unread(string? fault, DateTimeOffset? restUntil)
    {
        if (Row is { InDoubt: true, RetriesAfterDoubt: false }) return RefusalCounts();
        // A limit says nothing about this send, and ends.
        if (restUntil is { } until)
        {
            Row.PutOffLook(until);
            return null;
        }

        if (Row.Looks + 1 >= MostLooks) return LeaveToPeople(fault ?? "the conversation cannot be read");
        var wait = Options.ReadBackAfter * Math.Pow(2, Row.Looks);
        Row.LookAgain(Now + (wait < LongestWait ? wait : LongestWait));
        return null;
    }

    private SendReported RefusalCounts()
    {
        var error = new SendError(Row.ErrorCode ?? "meta_error", Row.ErrorMessage ?? "", Row.RetriesAfterDoubt, null);
        if (Row.RetriesAfterDoubt) Row.Wait(error, Now);
        else Row.Reject(error, Now);
        return Of(Row.RetriesAfterDoubt ? SendOutcome.Later : SendOutcome.Rejected, error);
    }

    private SendReported LeaveToPeople(string why)
    {
        var error = new SendError(
            Row.ErrorCode ?? "unknown",
            GraphText.Cut($"{Row.ErrorMessage} It stays unknown: {why}. Look into it at Instagram before you send again.", 1000)!,
            Retryable: false,
            null);
        Row.LeaveToPeople(error);
        return Of(SendOutcome.Unknown, error);
    }

    private SendReported Of(SendOutcome outcome, SendError? error) =>
        Row.Report(outcome, error, Now);
}
