using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Keeps a key from having events posted, to an address that it chooses or under a secret that it learns, for longer than it lives or
/// without the right to read them. Otherwise a key that is lent for a day, or to manage, would read everything for ever. The accounts are
/// no concern here: a key names only those that it sees. A person may do as they like; they are there to answer for it.
/// </summary>
public static class LastingReceivers
{
    /// <summary>Judges whether the caller may decide where events go from now on.</summary>
    /// <param name="caller">Who makes or changes a receiver.</param>
    /// <returns>Why the caller may not; null when they may.</returns>
    public static ProblemHttpResult? Refusal(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.ExpiresAt is null
            ? UnreadRefusal(caller)
            : Forbidden("key_expires", "A receiver of events has no end, and what a key makes may not live longer than the key: sign in.");
    }

    /// <summary>Judges whether the caller may have events posted once to a receiver that there is.</summary>
    /// <param name="caller">Who wants them posted.</param>
    /// <returns>Why the caller may not; null when they may.</returns>
    public static ProblemHttpResult? UnreadRefusal(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Scopes.HasFlag(Scopes.Read)
            ? null
            : Forbidden("scope_exceeded", "A key that may not read has no events posted to anybody: it needs the scope read.");
    }

    private static ProblemHttpResult Forbidden(string code, string detail) => Problems.Of(StatusCodes.Status403Forbidden, code, detail);
}
