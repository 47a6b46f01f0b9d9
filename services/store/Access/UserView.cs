using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Store.Access;

/// <summary>A user as admins see them.</summary>
/// <param name="Id"><c>usr_…</c>.</param>
/// <param name="Username">What they sign in with.</param>
/// <param name="Role"><c>admin</c> or <c>agent</c>.</param>
/// <param name="Active">Whether they may sign in; of one who may not the API keys are refused too.</param>
/// <param name="AccountIds">The accounts that they are a member of; null for an admin, who sees all accounts.</param>
/// <param name="CreatedAt">When they were added (UTC).</param>
internal sealed record UserView(
    string Id, string Username, UserRole Role, bool Active, IReadOnlyList<AccountId>? AccountIds, DateTimeOffset CreatedAt)
{
    public static UserView Of(User user, IEnumerable<AccountId> memberships) => new(
        user.Id, user.Username, user.Role, user.IsActive, user.Role == UserRole.Admin ? null : [.. memberships], user.CreatedAt);
}
