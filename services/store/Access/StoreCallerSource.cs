using System.Security.Cryptography;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Access;

/// <summary>
/// Finds the caller in the database, at each request. That costs a few reads by key; in exchange a revocation, an expiry or a lost
/// membership counts from the next request on.
/// </summary>
internal sealed partial class StoreCallerSource(
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    SessionTokens tokens,
    TimeProvider clock,
    ILogger<StoreCallerSource> logger) : ICallerSource
{
    private static readonly TimeSpan LastUsedEvery = TimeSpan.FromHours(1);

    public async ValueTask<Caller?> FindAsync(string credential, CancellationToken cancellationToken)
    {
        if (KeySecret.IsWellFormed(credential)) return await FindKeyAsync(credential, cancellationToken);
        return await tokens.ReadAsync(credential) is { } session ? await FindSessionAsync(session, cancellationToken) : null;
    }

    private async Task<Caller?> FindSessionAsync(string id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var userId = await db.Set<Session>()
            .Where(session => session.Id == id && session.RevokedAt == null && session.ExpiresAt > now)
            .Select(session => session.UserId)
            .SingleOrDefaultAsync(cancellationToken);
        return userId is null ? null : await EffectiveAccess.OfUserAsync(db, userId, cancellationToken);
    }

    private async Task<Caller?> FindKeyAsync(string secret, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (lookup, hash) = (KeySecret.LookupOf(secret), KeySecret.HashOf(secret));
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var candidates = await db.Set<ApiKey>()
            .Where(key => key.Prefix == lookup && key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now))
            .ToListAsync(cancellationToken);
        var found = candidates.Find(key => CryptographicOperations.FixedTimeEquals(key.Hash, hash));
        if (found is null || await EffectiveAccess.OfKeyAsync(db, found, cancellationToken) is not { } caller) return null;
        if (found.LastUsedAt is not { } last || last <= now - LastUsedEvery) _ = NoteUseAsync(found.Id, now);
        return caller;
    }

    /// <summary>Notes the use beside the request: a database that takes no writes must still answer reads.</summary>
    private async Task NoteUseAsync(string keyId, DateTimeOffset now)
    {
        try
        {
            await unitOfWork.ExecuteAsync(scope => scope.Db.Set<ApiKey>()
                .Where(key => key.Id == keyId && (key.LastUsedAt == null || key.LastUsedAt < now))
                .ExecuteUpdateAsync(set => set.SetProperty(key => key.LastUsedAt, now)));
        }
        catch (Exception error)
        {
            LogUseNotNoted(logger, error, keyId);
        }
    }

    [LoggerMessage(EventName = "api_key.use_not_noted", Level = LogLevel.Debug, Message = "The use of {Key} was not noted")]
    private static partial void LogUseNotNoted(ILogger logger, Exception error, string key);
}
