using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>Judges the accounts that an endpoint is to take events of.</summary>
internal static class AccountsOf
{
    /// <summary>The problem when one of them is not the caller's; null when all are, or when there is no list.</summary>
    public static ProblemHttpResult? Refusal(Caller caller, IReadOnlyList<AccountId>? accounts) =>
        accounts?.Any(account => !caller.CanSee(account)) == true
            ? Problems.Of(StatusCodes.Status403Forbidden, "account_not_yours", "One of account_ids is not an account that you see.")
            : null;

    /// <summary>The problem when one of them was never linked; null when all were.</summary>
    public static async Task<ProblemHttpResult?> UnknownAsync(CrmForwarderDbContext db, IReadOnlyList<AccountId> accounts)
    {
        if (accounts.Count == 0) return null;
        var known = await db.Accounts.Where(row => accounts.Contains(row.AccountId)).Select(row => row.AccountId).ToListAsync();
        return accounts.Except(known).ToList() is [var unknown, ..]
            ? Problems.Invalid(("account_ids", $"There is no account {unknown}."))
            : null;
    }
}
