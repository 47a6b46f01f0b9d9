using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Access;

/// <summary>A user as admins see them, with the accounts that they are a member of; null for an admin, who sees all accounts.</summary>
internal sealed record UserView(string Id, string Username, UserRole Role, IReadOnlyList<AccountId>? AccountIds, DateTimeOffset CreatedAt)
{
    public static UserView Of(User user, IEnumerable<AccountId> memberships) =>
        new(user.Id, user.Username, user.Role, user.Role == UserRole.Admin ? null : [.. memberships], user.CreatedAt);
}
