using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Erasures;

/// <summary>Whether an erasure goes on.</summary>
internal enum ErasureState
{
    /// <summary>Something is still there.</summary>
    Running,

    /// <summary>Nothing is kept any more.</summary>
    Done,
}

/// <summary>The report of an erasure.</summary>
/// <param name="ErasureId">Asks for it again: <c>GET /api/v1/accounts/{account_id}/erasures/{erasure_id}</c>.</param>
/// <param name="State">Whether it goes on.</param>
/// <param name="Erased">How many rows of each kind are gone so far; a kind that is not named had none.</param>
/// <param name="StartedAt">When it was asked for (UTC).</param>
/// <param name="FinishedAt">When nothing was left (UTC); null while something is.</param>
internal sealed record ErasureView(
    string ErasureId,
    AccountId AccountId,
    ErasureState State,
    IReadOnlyDictionary<string, int> Erased,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt)
{
    public static ErasureView Of(Erasure erasure) => new(
        erasure.Id,
        erasure.AccountId,
        erasure.FinishedAt is null ? ErasureState.Running : ErasureState.Done,
        erasure.Counts,
        erasure.AskedAt,
        erasure.FinishedAt);
}
