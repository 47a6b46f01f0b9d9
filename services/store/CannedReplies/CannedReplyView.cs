using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.Store.CannedReplies;

/// <summary>A saved reply as a caller sees it.</summary>
/// <param name="Id"><c>can_…</c>.</param>
/// <param name="Shortcut">What it is found by, without the slash.</param>
/// <param name="Text">The text as it was written, with its variables.</param>
/// <param name="AccountIds">For which of the caller's accounts it is; null for all accounts there are.</param>
/// <param name="Editable">Whether the caller may change and delete it: it is for no account that they do not see.</param>
/// <param name="CreatedAt">When it was made (UTC).</param>
/// <param name="UpdatedAt">When it was last changed (UTC).</param>
internal sealed record CannedReplyView(
    string Id,
    string Shortcut,
    string Text,
    IReadOnlyList<AccountId>? AccountIds,
    bool Editable,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static CannedReplyView Of(CannedReply reply, IReadOnlyCollection<CannedReplyPlace> places, Caller caller) => new(
        reply.Id,
        reply.Shortcut,
        reply.Text,
        places.Any(place => place.IsEverywhere)
            ? null
            : [.. places.Select(place => place.Account).OfType<AccountId>().Where(caller.CanSee)
                .OrderBy(id => id.Value, StringComparer.Ordinal)],
        caller.Scopes.HasFlag(Scopes.Manage) && CannedReplyReach.Covers(caller, places),
        reply.CreatedAt,
        reply.UpdatedAt);
}
