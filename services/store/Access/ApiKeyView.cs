using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.Store.Access;

/// <summary>
/// An API key as clients see it. The key itself is only in the answer that makes it; later answers show its beginning. Its accounts are
/// null for all of the owner's, and its last use is given to the hour.
/// </summary>
internal sealed record ApiKeyView(
    string Id,
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key,
    string Prefix,
    string UserId,
    IReadOnlyList<AccountId>? AccountIds,
    IReadOnlyList<Scopes> Scopes,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt)
{
    public static ApiKeyView Of(ApiKey key, IEnumerable<AccountId> scope, string? secret = null) => new(
        key.Id,
        key.Name,
        secret,
        KeySecret.Prefix + key.Prefix,
        key.UserId,
        key.Scoped ? [.. scope] : null,
        [.. key.Scopes.Each()],
        key.ExpiresAt,
        key.CreatedAt,
        key.LastUsedAt);

    /// <summary>Leaves the key out, wherever the record is printed.</summary>
    public override string ToString() => Id;
}
