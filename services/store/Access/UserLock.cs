using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>Makes units of work that decide about the same users run one after the other, on MySQL too.</summary>
internal static class UserLock
{
    /// <summary>
    /// Changes the rows, which holds them to the end of the transaction. What is read after it includes what the unit before has committed.
    /// </summary>
    /// <returns>How many rows there are.</returns>
    public static Task<int> LockAsync(this IQueryable<User> users) => users.ExecuteUpdateAsync(set =>
        set.SetProperty(user => EF.Property<int>(user, RowVersion.Property), user => EF.Property<int>(user, RowVersion.Property) + 1));
}
