namespace InstaMessenger.Store.Access;

/// <summary>
/// Ids of users, keys and sessions. They stay inside this slice and are opaque outside, so they need no types of their own.
/// </summary>
internal static class AccessId
{
    /// <summary>A prefix and a version 7 UUID: ordered by time to the millisecond, which is the order of the lists.</summary>
    public static string New(string prefix, TimeProvider clock) => prefix + Guid.CreateVersion7(clock.GetUtcNow()).ToString("n");
}
