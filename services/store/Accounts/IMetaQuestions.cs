using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;

namespace InstaMessenger.Store.Accounts;

/// <summary>Asks Meta while a caller waits; the sender makes the call.</summary>
internal interface IMetaQuestions
{
    /// <summary>Asks whose a token is.</summary>
    /// <returns>Meta's answer; null when none came within <see cref="ProveAccess.Patience"/>.</returns>
    Task<AccessProven?> AskAsync(ProveAccess question, CancellationToken cancellationToken);

    /// <summary>Has a code redeemed.</summary>
    /// <returns>Meta's answer; null when none came within <see cref="RedeemCode.Patience"/>.</returns>
    Task<AccessProven?> AskAsync(RedeemCode question, CancellationToken cancellationToken);
}
