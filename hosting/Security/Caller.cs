using InstaMessenger.Contracts.Ids;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Hosting.Security;

/// <summary>Who makes a request, and which accounts they may see. Endpoints take it as a parameter.</summary>
/// <param name="Id">The user's or key's id: the scope of idempotency keys.</param>
/// <param name="Kind">A person's session or an API key.</param>
/// <param name="UserId">The user, or the owner of the key.</param>
/// <param name="IsAdmin">Whether they may manage users and see every account.</param>
/// <param name="Accounts">The accounts they may see.</param>
/// <param name="Scopes">What the credential may be used for; all of it for a person.</param>
/// <param name="Name">The username or the key's name; null when it is not known.</param>
/// <param name="ExpiresAt">When the key ends (UTC); null for never, and for a person.</param>
public sealed record Caller(
    string Id,
    CallerKind Kind,
    string UserId,
    bool IsAdmin,
    AccountReach Accounts,
    Scopes Scopes = Scopes.All,
    string? Name = null,
    DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Whether the caller may see an account.</summary>
    /// <param name="account">Any account.</param>
    /// <returns>True when it is within <see cref="Accounts"/>.</returns>
    public bool CanSee(AccountId account) => Accounts.Contains(account);

    /// <summary>Gives endpoints the caller of their request.</summary>
    /// <param name="context">An authenticated request.</param>
    /// <returns>The caller.</returns>
    /// <exception cref="InvalidOperationException">The endpoint allows anonymous requests: it has no caller.</exception>
    public static ValueTask<Caller?> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<Caller?>(
            context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint has no caller."));
    }
}

/// <summary>How a caller proved who they are.</summary>
public enum CallerKind
{
    /// <summary>A person, by a session token or cookie.</summary>
    User,

    /// <summary>A program, by an API key.</summary>
    Key,
}
