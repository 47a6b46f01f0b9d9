using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Access;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Events;

/// <summary>What others see of who is in a conversation.</summary>
internal static class PresentUsers
{
    public static async Task<PresentUser> OfAsync(StoreDbContext db, Caller caller, CancellationToken cancellationToken) => new(
        caller.UserId,
        await db.Set<User>().Where(user => user.Id == caller.UserId).Select(user => user.Username)
            .SingleOrDefaultAsync(cancellationToken));
}
