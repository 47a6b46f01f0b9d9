using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Media;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Accounts;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Store.Connect;

/// <summary>
/// <c>GET /oauth/instagram/callback</c>: where Meta sends the browser back to. It acts for the user who began, by the word that Meta brings
/// back, and ends with <c>?connected=acc_…</c> (once for each account) or <c>?error=code</c> at the address that was asked for.
/// </summary>
internal sealed partial class FinishConnect(
    IUnitOfWork<StoreDbContext> unitOfWork,
    AccountProof proof,
    LinkAccount link,
    SecretProtector secrets,
    IOptions<PublicOptions> address,
    TimeProvider clock,
    ILogger<FinishConnect> logger)
{
    private const int LongestCode = 2000;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(
        "/callback",
        (HttpContext context, FinishConnect connect, AuditTrail audit, CancellationToken end) => connect.HandleAsync(context, audit, end))
        .AllowAnonymous()
        .Audited(AuditActions.AccountLinked)
        .ExcludeFromDescription();

    private async Task<IResult> HandleAsync(HttpContext context, AuditTrail audit, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        context.Response.Headers.CacheControl = "no-store";
        var browserWord = context.Request.Cookies[BeginConnect.Cookie];
        if (await TakeAsync(query["state"].ToString(), browserWord, cancellationToken) is not { } state) return ConnectPage.NotBegun();
        if (query["code"].ToString() is { Length: > 0 and <= LongestCode } code)
        {
            var outcome = await ConnectAsync(state, code.Split('#')[0], audit, cancellationToken);
            return Results.Redirect(ReturnAddress.With(state.ReturnTo, outcome));
        }

        // access_denied with the reason user_denied: the owner has pressed "cancel".
        var error = query["error"] == "access_denied" || query["error_reason"] == "user_denied" ? "cancelled" : "login_failed";
        LogFailed(logger, state.UserId, error);
        return Results.Redirect(ReturnAddress.With(state.ReturnTo, [("error", error)]));
    }

    /// <summary>Takes the state out, so that it is good for once whoever comes with it; null for one that is not good.</summary>
    private Task<ConnectState?> TakeAsync(string word, string? browserWord, CancellationToken cancellationToken)
    {
        var hash = ConnectState.HashOf(word);
        return unitOfWork.ExecuteAsync(
            async scope =>
            {
                var state = await scope.Db.Set<ConnectState>().AsNoTracking().SingleOrDefaultAsync(row => row.Hash == hash);
                if (state is null || !state.IsOf(browserWord)) return null;
                // Of two that come at once one removes it.
                var removed = await scope.Db.Set<ConnectState>().Where(row => row.Hash == hash).ExecuteDeleteAsync();
                return removed == 1 && state.ExpiresAt > clock.GetUtcNow() ? state : null;
            },
            cancellationToken);
    }

    private async Task<List<(string Name, string Value)>> ConnectAsync(
        ConnectState state, string code, AuditTrail audit, CancellationToken cancellationToken)
    {
        var nobody = AccountId.New(clock);
        var (accounts, error) = await proof.RedeemAsync(
            nobody,
            state.LoginType,
            state.AppId,
            secrets.Protect(SecretPurpose.LoginCode, nobody, code),
            BeginConnect.RedirectUriOf(address.Value.BaseUrl!),
            cancellationToken);
        var outcome = new List<(string, string)>();
        foreach (var account in accounts)
        {
            var token = secrets.Unprotect(SecretPurpose.AccessToken, nobody, account.ProtectedAccessToken!);
            var input = new AccountInput(null, state.LoginType, token, null, null, null)
            {
                Proven = account, AppId = state.AppId, TokenExpiresAt = account.TokenExpiresAt,
            };
            // Only who began it is known here; what they may do is read again in the unit that links.
            var caller = new Caller(state.CallerId, state.CallerKind, state.UserId, IsAdmin: false, AccountReach.Of([]));
            var (linked, problem) = await link.ConnectAsync(caller, input, audit, cancellationToken);
            if (linked is { } id) outcome.Add(("connected", id.Value));
            else error ??= problem;
        }

        if (error is null) return outcome;
        LogFailed(logger, state.UserId, error);
        outcome.Add(("error", error));
        return outcome;
    }

    [LoggerMessage(
        EventName = "account.not_connected", Level = LogLevel.Warning, Message = "An account was not connected for {UserId}: {Code}")]
    private static partial void LogFailed(ILogger logger, string userId, string code);
}
