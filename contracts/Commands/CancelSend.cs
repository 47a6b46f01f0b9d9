using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>
/// Do not send a message, if no call was made for it yet. It may come before the command to send, which then has no effect.
/// </summary>
/// <param name="At">When it was asked for (UTC).</param>
public sealed record CancelSend(MessageId MessageId, AccountId AccountId, InstagramUserId ContactId, DateTimeOffset At);
