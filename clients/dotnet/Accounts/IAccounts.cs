using Refit;

namespace InstaMessenger.Client;

/// <summary>Linked Instagram accounts.</summary>
public interface IAccounts
{
    /// <summary>Lists the accounts that the key sees.</summary>
    /// <param name="cursor"><see cref="Page{T}.NextCursor"/> of the page before; null for the first page.</param>
    /// <param name="limit">Accounts on a page: 1 to 200, 50 when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/accounts")]
    Task<Page<Account>> ListAsync(string? cursor = null, int? limit = null, CancellationToken cancellationToken = default);

    /// <summary>Shows an account.</summary>
    /// <param name="accountId"><c>acc_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/accounts/{accountId}")]
    Task<Account> GetAsync(string accountId, CancellationToken cancellationToken = default);

    /// <summary>Tells how an account stands: whether it can send and what is wrong with it.</summary>
    /// <param name="accountId"><c>acc_…</c></param>
    /// <param name="cancellationToken">Gives up.</param>
    [Get("/api/v1/accounts/{accountId}/health")]
    Task<AccountHealth> GetHealthAsync(string accountId, CancellationToken cancellationToken = default);
}
