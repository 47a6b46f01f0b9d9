namespace InstaMessenger.Hosting.Security;

/// <summary>Knows who a credential belongs to: the store from its database, the other services by asking the store.</summary>
public interface ICallerSource
{
    /// <summary>Finds the caller.</summary>
    /// <param name="credential">A session token or API key, as it came.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The caller; null for a credential that is wrong, expired or revoked.</returns>
    ValueTask<Caller?> FindAsync(string credential, CancellationToken cancellationToken);
}
