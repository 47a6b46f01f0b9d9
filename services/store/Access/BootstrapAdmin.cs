using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Access;

/// <summary>
/// Makes the first admin, and their configured key, at start. It also has the signing keys read at start, so that a missing one is reported
/// at once.
/// </summary>
internal sealed partial class BootstrapAdmin(
    IOptions<BootstrapOptions> configured,
    IDbContextFactory<StoreDbContext> factory,
    IUnitOfWork<StoreDbContext> unitOfWork,
    Passwords passwords,
    SessionTokens tokens,
    TimeProvider clock,
    ILogger<BootstrapAdmin> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _ = tokens;
        var options = configured.Value;
        if (options.Fault() is { } fault) throw new InvalidOperationException(fault);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        if (!await db.Set<User>().AnyAsync(cancellationToken)) await MakeAdminAsync(options, cancellationToken);
        if (options.ApiKey is { Length: > 0 } key) await MakeKeyAsync(options.AdminUsername!, key, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MakeAdminAsync(BootstrapOptions options, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.AdminUsername))
        {
            LogNobody(logger);
            return;
        }

        var hash = passwords.Hash(options.AdminPassword!);
        await unitOfWork.ExecuteAsync(
            async scope =>
            {
                // Another replica may have been first.
                if (await scope.Db.Set<User>().AnyAsync(cancellationToken)) return;
                var admin = User.Create(options.AdminUsername, hash, UserRole.Admin, clock);
                scope.Db.Add(admin);
                scope.AfterCommit(() => LogMade(logger, admin.Id));
            },
            cancellationToken);
    }

    private Task MakeKeyAsync(string owner, string secret, CancellationToken cancellationToken) => unitOfWork.ExecuteAsync(
        async scope =>
        {
            var (ownerKey, lookup, hash) = (Usernames.KeyOf(owner), KeySecret.LookupOf(secret), KeySecret.HashOf(secret));
            var admin = await scope.Db.Set<User>().AsNoTracking()
                .SingleOrDefaultAsync(user => user.UsernameKey == ownerKey && user.Role == UserRole.Admin, cancellationToken);
            if (admin is null)
            {
                LogNoOwner(logger);
                return;
            }

            // Two replicas that start at once would both make it, and revoking one row would leave the other.
            await scope.Db.Set<User>().Where(user => user.Id == admin.Id).LockAsync();
            // It counts as there even when it was revoked: a restart must not bring it back.
            if (!await scope.Db.Set<ApiKey>().AnyAsync(key => key.Prefix == lookup && key.Hash == hash, cancellationToken))
                scope.Db.Add(ApiKey.Create("bootstrap", admin.Id, secret, scoped: false, Scopes.All, expiresAt: null, clock));
        },
        cancellationToken);

    [LoggerMessage(
        EventName = "bootstrap.nobody",
        Level = LogLevel.Warning,
        Message = "There is no user, so nobody can sign in: set Bootstrap:AdminUsername and Bootstrap:AdminPassword (environment: "
            + "Bootstrap__AdminUsername, Bootstrap__AdminPassword) and start again")]
    private static partial void LogNobody(ILogger logger);

    [LoggerMessage(EventName = "bootstrap.admin_made", Level = LogLevel.Information, Message = "The first admin {User} was made")]
    private static partial void LogMade(ILogger logger, string user);

    [LoggerMessage(
        EventName = "bootstrap.key_without_owner",
        Level = LogLevel.Warning,
        Message = "Bootstrap:ApiKey was left out: the user of Bootstrap:AdminUsername is not there or no admin")]
    private static partial void LogNoOwner(ILogger logger);
}
