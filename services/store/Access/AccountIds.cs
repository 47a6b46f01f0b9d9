using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>Reads <c>account_ids</c> of request bodies.</summary>
internal static class AccountIds
{
    private const int Most = 1000;

    /// <summary>Returns the ids without repeats, or null and the fault when one of them is not an id.</summary>
    public static IReadOnlyList<AccountId>? Parse(IReadOnlyList<string?> given, out string? fault)
    {
        fault = null;
        var ids = new List<AccountId>(given.Count);
        foreach (var text in given)
        {
            if (AccountId.TryParse(text, out var id)) ids.Add(id);
            else fault = "Each is the id of an account: acc_…";
        }

        if (ids.Count > Most) fault = $"At most {Most} at once.";
        return fault is null ? [.. ids.Distinct()] : null;
    }

    /// <summary>Returns the ids that no account has.</summary>
    public static async Task<IReadOnlyList<AccountId>> UnknownAsync(
        StoreDbContext db, IReadOnlyList<AccountId> ids, CancellationToken cancellationToken = default)
    {
        if (ids.Count == 0) return [];
        var known = await db.Accounts.Where(account => ids.Contains(account.Id)).Select(account => account.Id)
            .ToListAsync(cancellationToken);
        return [.. ids.Except(known)];
    }
}
