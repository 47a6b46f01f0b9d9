using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Sender.ReadBacks;

/// <summary>One line for each unknown send that a look into its conversation decides.</summary>
internal static partial class ReadBackLog
{
    [LoggerMessage(
        EventName = "message.read_back",
        Level = LogLevel.Information,
        Message = "{MessageId} of {AccountId}, unknown since attempt {Attempt}: its conversation was read: {Outcome} {Code}")]
    public static partial void Settled(
        this ILogger logger, MessageId messageId, AccountId accountId, int attempt, SendOutcome outcome, string? code);

    [LoggerMessage(
        EventName = "read_back.unread",
        Level = LogLevel.Information,
        Message = "A conversation of {AccountId} with {Count} unknown sends was not read: {Fault}")]
    public static partial void Unread(this ILogger logger, AccountId accountId, int count, string fault);
}
