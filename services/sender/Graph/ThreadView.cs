using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Sender.Graph;

/// <summary>The newest messages of one conversation, as Meta's Conversations API shows them (meta-platform.md 5.2).</summary>
/// <param name="Messages">Those that have details: Meta gives them only of the newest 20.</param>
/// <param name="CompleteSince">From this time (Meta's clock) on no message is missing in <paramref name="Messages"/>.</param>
/// <param name="Skew">How far Meta's clock is ahead of ours.</param>
internal sealed record ThreadView(IReadOnlyList<ThreadMessage> Messages, DateTimeOffset CompleteSince, TimeSpan Skew = default);

/// <summary>One message of it.</summary>
/// <param name="Id">Meta's id.</param>
/// <param name="At">When it was made, in whole seconds of Meta's clock.</param>
/// <param name="ByBusiness">Whether the account wrote it, from anywhere.</param>
/// <param name="Likeness">What it looks like.</param>
internal sealed record ThreadMessage(InstagramMessageId Id, DateTimeOffset At, bool ByBusiness, Likeness Likeness);

/// <summary>What came of reading a conversation: the view, or why there is none.</summary>
/// <param name="View">The conversation; null when it could not be read.</param>
/// <param name="Fault">Why not, for people; null when it was read.</param>
/// <param name="Limit">That Meta wants no more calls for a while.</param>
/// <param name="RestFor">How long the account rests anyhow, when no call was made for that.</param>
internal sealed record ThreadAnswer(ThreadView? View, string? Fault = null, CallLimit? Limit = null, TimeSpan? RestFor = null);
