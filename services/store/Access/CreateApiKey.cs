using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>The body of <c>POST /api/v1/api-keys</c>.</summary>
/// <param name="Name">For people, 1 to 100 characters.</param>
/// <param name="AccountIds">The only accounts that the key may see; null for all of the owner's, also later ones.</param>
/// <param name="ExpiresAt">When it ends (UTC); null for never.</param>
internal sealed record NewApiKey(string? Name, IReadOnlyList<string?>? AccountIds = null, DateTimeOffset? ExpiresAt = null);

/// <summary>
/// <c>POST /api/v1/api-keys</c>. A key without a scope may make keys too, for the same owner and not longer-lived than itself; a scoped key may not:
/// what was given for an account should not multiply.
/// </summary>
internal static class CreateApiKey
{
    private const int LongestName = 100;

    public static async Task<IResult> HandleAsync(
        HttpContext context, Caller caller, NewApiKey request, IUnitOfWork<StoreDbContext> unitOfWork, TimeProvider clock, CancellationToken cancellationToken)
    {
        var faults = new List<(string, string)>();
        var name = request.Name?.Trim();
        if (name is not { Length: > 0 and <= LongestName }) faults.Add(("name", $"A name has 1 to {LongestName} characters."));
        if (request.ExpiresAt <= clock.GetUtcNow()) faults.Add(("expires_at", "It is in the past."));
        string? accountsFault = null;
        var accounts = request.AccountIds is null ? null : AccountIds.Parse(request.AccountIds, out accountsFault);
        if (accountsFault is not null) faults.Add(("account_ids", accountsFault));
        if (faults.Count > 0) return Problems.Invalid([.. faults]);

        context.Response.Headers.CacheControl = "no-store";
        return await unitOfWork.ExecuteAsync(scope => CreateAsync(scope.Db, caller, name!, accounts, request.ExpiresAt, clock), cancellationToken);
    }

    private static async Task<IResult> CreateAsync(
        StoreDbContext db, Caller caller, string name, IReadOnlyList<AccountId>? accounts, DateTimeOffset? expiresAt, TimeProvider clock)
    {
        if (await EffectiveAccess.AgainAsync(db, caller) is not { } current) return Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized");
        if (caller.Kind == CallerKind.Key)
        {
            var maker = await db.Set<ApiKey>().AsNoTracking().SingleAsync(key => key.Id == caller.Id);
            if (maker.Scoped) return Problems.Of(StatusCodes.Status403Forbidden, "key_scoped", "A key with account_ids makes no keys: sign in.");
            if (maker.ExpiresAt is { } end && !(expiresAt <= end))
                return Problems.Of(StatusCodes.Status403Forbidden, "key_expires", "A key makes no key that lives longer than itself: give an earlier expires_at, or sign in.");
        }

        if (accounts?.Any(account => !current.CanSee(account)) == true)
            return Problems.Of(StatusCodes.Status403Forbidden, "account_not_yours", "One of account_ids is not an account that you see.");
        if (await AccountIds.UnknownAsync(db, accounts ?? []) is [var unknown, ..])
            return Problems.Invalid(("account_ids", $"There is no account {unknown}."));

        var secret = KeySecret.New();
        var made = ApiKey.Create(name, caller.UserId, secret, scoped: accounts is not null, expiresAt, clock);
        db.Add(made);
        db.AddRange((accounts ?? []).Select(account => new ApiKeyAccount { KeyId = made.Id, AccountId = account }));
        return TypedResults.Created((string?)null, ApiKeyView.Of(made, accounts ?? [], secret));
    }
}
