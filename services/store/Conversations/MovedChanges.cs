using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;

namespace InstaMessenger.Store.Conversations;

/// <summary>
/// Two rows turn out to be one message: what was taken for a message from elsewhere is the echo of a send, or a change of it that came
/// before its echo. The send stays, and all that happened to the other is its.
/// </summary>
internal static class MovedChanges
{
    /// <summary>Removes the other row and gives the send what happened to it.</summary>
    /// <returns>Whether the message was taken back, which is to be told then.</returns>
    public static async Task<bool> MoveAsync(WorkScope<StoreDbContext> scope, Message other, Message send)
    {
        TakenBackMedia.Remove(scope, other);
        scope.Db.Remove(other);
        if (other.Changes is not { } changes) return false;
        if (changes.DeletedAt is not null) TakenBackMedia.Remove(scope, send);
        if (!send.Adopt(changes)) return false;
        await MessageEvents.EraseAsync(scope, [send]);
        return true;
    }
}
