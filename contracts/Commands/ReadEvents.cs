using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Contracts.Commands;

/// <summary>Read a page of the event log, for a CRM that wants it anew. Asked again, it is the same page.</summary>
/// <param name="ReplayId">The replay that it is for.</param>
/// <param name="Page">Its number, from 1.</param>
/// <param name="After">The sequence behind which the page begins; null when <paramref name="From"/> says where the first one does.</param>
/// <param name="UpTo">The last sequence of the replay; null on the first page, which finds it.</param>
/// <param name="From">Events of this time and later ones (UTC); null for no such bound.</param>
/// <param name="To">Events before this time (UTC); null for no such bound.</param>
/// <param name="AccountIds">The accounts whose events are read; null when <see cref="AllAccounts"/> are.</param>
/// <param name="Types">The types that are read; null for all.</param>
public sealed record ReadEvents(
    string ReplayId,
    int Page,
    long? After,
    long? UpTo,
    DateTimeOffset? From,
    DateTimeOffset? To,
    IReadOnlyList<AccountId>? AccountIds,
    IReadOnlyList<string>? Types)
{
    /// <summary>
    /// Whether all accounts are meant; without it an empty <see cref="AccountIds"/> reads nothing. Null from a crm-forwarder of before,
    /// whose list says it by being null.
    /// </summary>
    public bool? AllAccounts { get; init; }
}
