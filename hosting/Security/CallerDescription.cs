using System.Text.Json;
using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// The answer of <c>GET /api/v1/me</c>: who the presented credential belongs to. Every member by which somebody is let in is required, and
/// "all accounts" is a word of its own: the other services let people in by what they read here.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record CallerDescription
{
    /// <summary>The user's or key's id.</summary>
    [JsonRequired]
    public required string Id { get; init; }

    /// <summary>Session or key.</summary>
    [JsonRequired]
    public required CallerKind Kind { get; init; }

    /// <summary>The user, or the owner of the key.</summary>
    [JsonRequired]
    public required string UserId { get; init; }

    /// <summary>Whether the caller may manage users and see every account.</summary>
    [JsonRequired]
    public required bool IsAdmin { get; init; }

    /// <summary>Whether the caller sees all accounts, or those of <see cref="AccountIds"/>.</summary>
    [JsonRequired]
    public required Reach Accounts { get; init; }

    /// <summary>The accounts that the caller sees; empty when it is all of them.</summary>
    [JsonRequired]
    public required IReadOnlyList<AccountId> AccountIds { get; init; }

    /// <summary><c>read</c>, <c>send</c>, <c>manage</c>.</summary>
    [JsonRequired]
    public required IReadOnlyList<Scopes> Scopes { get; init; }

    /// <summary>The username or the key's name, for people; null from a store that does not tell it yet.</summary>
    public string? Name { get; init; }

    /// <summary>When the key ends (UTC); null for never, for a person, and from a store that does not tell it yet.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Describes a caller.</summary>
    /// <returns>The description.</returns>
    public static CallerDescription Of(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new()
        {
            Id = caller.Id,
            Kind = caller.Kind,
            UserId = caller.UserId,
            IsAdmin = caller.IsAdmin,
            Accounts = caller.Accounts.IsAll ? Reach.All : Reach.Listed,
            AccountIds = [.. caller.Accounts.Listed],
            Scopes = [.. caller.Scopes.Each()],
            Name = caller.Name,
            ExpiresAt = caller.ExpiresAt,
        };
    }

    /// <exception cref="JsonException">A member is null or contradicts another.</exception>
    internal Caller ToCaller()
    {
        if (Id is null || UserId is null || AccountIds is null || Scopes is null)
            throw new JsonException("A member of the caller is null.");
        if (Accounts == Reach.All && AccountIds.Count > 0) throw new JsonException("The caller sees all accounts and a list of them.");
        var reach = Accounts == Reach.All ? AccountReach.All : AccountReach.Of(AccountIds);
        var scopes = Scopes.Aggregate(Security.Scopes.None, (all, scope) => all | scope);
        return new Caller(Id, Kind, UserId, IsAdmin, reach, scopes, Name, ExpiresAt);
    }

    /// <summary>Which accounts a caller sees.</summary>
    public enum Reach
    {
        /// <summary>Those that are listed.</summary>
        Listed,

        /// <summary>Every account there is.</summary>
        All,
    }
}
