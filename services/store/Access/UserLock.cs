using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>Has units of work that decide about the same users run one after the other, on MySQL too.</summary>
internal static class UserLock
{
    /// <summary>
    /// Changes the rows, which holds them to the end of the transaction; what is read after it is what the one before has committed.
    /// </summary>
    /// <returns>How many there are.</returns>
    public static Task<int> LockAsync(this IQueryable<User> users) => users.ExecuteUpdateAsync(set =>
        set.SetProperty(user => EF.Property<int>(user, RowVersion.Property), user => EF.Property<int>(user, RowVersion.Property) + 1));
}
