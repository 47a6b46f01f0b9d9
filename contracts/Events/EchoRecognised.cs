using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Events;

/// <summary>The echo of one of our own sends came in, so that the send is known to have happened whatever its call answered.</summary>
/// <param name="AccountId">The account that sent it.</param>
/// <param name="InstagramMessageId">Meta's id of it.</param>
/// <param name="At">When the echo was received (UTC).</param>
public sealed record EchoRecognised(
    MessageId MessageId,
    AccountId AccountId,
    InstagramMessageId InstagramMessageId,
    DateTimeOffset At);
