using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Sender.Graph;

namespace InstaMessenger.Sender.ReadBacks;

/// <summary>What the conversation says of a send.</summary>
internal abstract record Finding
{
    /// <summary>Meta has it.</summary>
    public sealed record Found(InstagramMessageId Id, DateTimeOffset At) : Finding;

    /// <summary>Meta does not have it.</summary>
    public sealed record Absent : Finding;

    /// <summary>It cannot be told, and will not be later.</summary>
    public sealed record Unprovable : Finding;

    /// <summary>An equal send is under way at this moment, so what is there may be of either.</summary>
    public sealed record Busy : Finding;
}

/// <summary>A send of the lane of which Meta's id is not known.</summary>
/// <param name="Sequence">Its row.</param>
/// <param name="CalledAt">When its call began, by our clock (UTC).</param>
/// <param name="Likeness">What it looks like; null when that is not known.</param>
/// <param name="InHand">Whether its call is under way.</param>
internal sealed record Missing(long Sequence, DateTimeOffset CalledAt, Likeness? Likeness, bool InHand);

/// <summary>
/// Finds sends in their conversation. Equal ones are told apart by number and order: each takes the earliest equal message that is not
/// older than its call and that nobody else has. Absent is said only when nothing speaks against it, because such a send may be made again.
/// </summary>
internal static class ThreadMatch
{
    /// <summary>Meta's seconds are whole, and its clock and ours are compared over a network.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>How long after a call a message of the business that resembles no send may still be that send, changed by Meta.</summary>
    private static readonly TimeSpan Suspicious = TimeSpan.FromMinutes(2);

    /// <summary>Finds each send.</summary>
    /// <param name="sends">All sends of the lane without Meta's id that were called, oldest call first.</param>
    /// <param name="view">The conversation.</param>
    /// <param name="taken">Ids that belong to other sends.</param>
    public static Dictionary<long, Finding> Of(IEnumerable<Missing> sends, ThreadView view, IReadOnlySet<InstagramMessageId> taken)
    {
        var open = view.Messages.Where(message => message.ByBusiness && !taken.Contains(message.Id))
            .OrderBy(message => message.At).ToList();
        var findings = new Dictionary<long, Finding>();
        var groups = sends.GroupBy(send => send.Likeness).ToList();
        foreach (var group in groups) Match(group, view, open, findings);
        // Only now is it known which messages are left over.
        foreach (var send in groups.SelectMany(group => group).Where(send => findings[send.Sequence] is Finding.Absent))
            if (open.Exists(message => MayBe(message, send, view.Skew))) findings[send.Sequence] = new Finding.Unprovable();
        return findings;
    }

    private static void Match(
        IGrouping<Likeness?, Missing> group, ThreadView view, List<ThreadMessage> open, Dictionary<long, Finding> findings)
    {
        var busy = group.Any(send => send.InHand);
        foreach (var send in group)
        {
            var since = send.CalledAt + view.Skew - Tolerance;
            var message = group.Key is null || busy ? null : open.Find(other => other.Likeness == group.Key && other.At >= since);
            if (message is not null) open.Remove(message);
            findings[send.Sequence] = message is not null ? new Finding.Found(message.Id, message.At - view.Skew)
                : busy ? new Finding.Busy()
                : view.CompleteSince <= since ? new Finding.Absent()
                : new Finding.Unprovable();
        }
    }

    private static bool MayBe(ThreadMessage message, Missing send, TimeSpan skew) =>
        message.At >= send.CalledAt + skew - Tolerance && message.At <= send.CalledAt + skew + Suspicious
        && (send.Likeness is null || message.Likeness.Attachments > 0 == send.Likeness.Attachments > 0);
}
