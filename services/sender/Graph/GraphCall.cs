using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;

namespace InstaMessenger.Sender.Graph;

/// <summary>All that one call of the Send API needs, as it was when the send was claimed.</summary>
internal sealed record GraphCall(
    AccountId AccountId,
    InstagramAccountId InstagramAccountId,
    LoginType LoginType,
    string? ProtectedToken,
    InstagramUserId RecipientId,
    OutgoingContent Content,
    bool HumanAgentTag);

/// <summary>A call that has all it needs.</summary>
internal sealed record ReadyCall(GraphCall Call, string Token, GraphMessage Message);
