using InstaMessenger.Hosting.Http;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary><c>GET /api/v1/users</c>, oldest first.</summary>
internal static class ListUsers
{
    public static async Task<Page<UserView>> HandleAsync(
        IDbContextFactory<StoreDbContext> factory, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        var size = PageLimit.Of(limit);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var users = await db.Set<User>()
            .Where(user => cursor == null || string.Compare(user.Id, cursor) > 0)
            .OrderBy(user => user.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var next = users.Count > size ? users[size - 1].Id : null;
        var shown = users.Take(size).ToList();
        var ids = shown.ConvertAll(user => user.Id);
        var memberships = (await db.Set<Membership>().Where(row => ids.Contains(row.UserId)).ToListAsync(cancellationToken))
            .ToLookup(row => row.UserId, row => row.AccountId);
        return new Page<UserView>(shown.ConvertAll(user => UserView.Of(user, memberships[user.Id])), next);
    }
}
