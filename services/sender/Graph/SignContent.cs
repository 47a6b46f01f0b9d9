using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Sender.Graph;

/// <summary>A sign as the content of a call. It is never kept: it is shown at once or not at all.</summary>
internal sealed record SignContent(Sign Sign) : OutgoingContent
{
    public override bool IsRepeatable => true;

    /// <summary>Meta's word for it.</summary>
    public string Action => Sign switch
    {
        Sign.TypingOn => "typing_on",
        Sign.TypingOff => "typing_off",
        _ => "mark_seen",
    };
}
