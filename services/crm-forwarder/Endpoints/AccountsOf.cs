using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>
/// Judges the accounts that an endpoint is to take events of. Whether there is such an account is not asked: the news of one that was
/// linked a moment ago may still be on its way here.
/// </summary>
internal static class AccountsOf
{
    /// <summary>The problem when one of them is not the caller's; null when all are, or when there is no list.</summary>
    public static ProblemHttpResult? Refusal(Caller caller, IReadOnlyList<AccountId>? accounts) =>
        accounts?.Any(account => !caller.CanSee(account)) == true
            ? Problems.Of(StatusCodes.Status403Forbidden, "account_not_yours", "One of account_ids is not an account that you see.")
            : null;
}
