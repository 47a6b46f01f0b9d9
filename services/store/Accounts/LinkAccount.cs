using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Access;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>The body of <c>POST /api/v1/accounts</c>.</summary>
/// <param name="InstagramAccountId">
/// The professional account id: <c>user_id</c> of Meta's <c>GET /me</c>. Another id by which Meta knows the token's account is taken too,
/// and answered with this one.
/// </param>
/// <param name="Username">The account's name at Instagram, used when Meta tells none.</param>
/// <param name="AccessToken">Meta's token, which is tried with Meta first; kept encrypted and never given back.</param>
/// <param name="MessagingChannelId"><c>entry.id</c> of the account's webhooks, when known and confirmed by Meta.</param>
/// <param name="LoginType"><c>instagram</c> (default) or <c>facebook</c>.</param>
/// <param name="PageId">The linked Facebook Page, with Facebook Login; it must be the token's.</param>
/// <param name="CrmWebhookUrl">Where events are posted to.</param>
/// <param name="WebhookSecret">
/// Signs those posts: 16 to 256 characters, or <c>whsec_</c> and base64. Made for you when you give none.
/// </param>
/// <param name="HistoryEvents">Whether messages from before are told as events too, marked as history; false by default.</param>
internal sealed record LinkAccountRequest(
    string? InstagramAccountId,
    string? Username,
    string? AccessToken,
    string? MessagingChannelId = null,
    string? LoginType = null,
    string? PageId = null,
    string? CrmWebhookUrl = null,
    string? WebhookSecret = null,
    bool? HistoryEvents = null)
{
    /// <summary>Leaves the secrets out, wherever the record is printed.</summary>
    public override string ToString() => nameof(LinkAccountRequest);
}

/// <summary><c>POST /api/v1/accounts</c>: links an Instagram account (201), or links it again with what is given now (200).</summary>
internal sealed partial class LinkAccount(
    AccountWriter writer,
    AccountProof proof,
    SecretProtector secrets,
    EventLog events,
    AccessChanges access,
    IUnitOfWork<StoreDbContext> unitOfWork,
    TimeProvider clock,
    ILogger<LinkAccount> logger)
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("", HandleAsync)
        .Needs(Scopes.Manage)
        .Idempotent<StoreDbContext>()
        .Audited(AuditActions.AccountLinked)
        .WithETag()
        .WithSummary("Link an Instagram account (201), or link it again with what is given now (200).")
        .WithDescription(
            "The token is tried with Meta first: token_of_another_account or token_invalid when it does not prove the account, 503 when "
            + "Meta is away, and nothing is changed. "
            + "Which of the two it was is told by the status. Of an account that you see already the token and username are replaced by "
            + "those given, and messaging_channel_id, crm_webhook_url and webhook_secret where they are given; its id stays. One that you "
            + "do not see is 409 account_taken, or identifier_reserved when it is not linked any more.")
        .Refuses(StatusCodes.Status403Forbidden, "key_expires", "scope_exceeded")
        .Refuses(StatusCodes.Status409Conflict, "account_taken", "channel_taken", "identifier_reserved")
        .Refuses(StatusCodes.Status422UnprocessableEntity, "token_of_another_account", "token_invalid")
        .Refuses(StatusCodes.Status503ServiceUnavailable, "meta_unavailable");

    private static async Task<Results<Created<AccountView>, Ok<AccountView>, ProblemHttpResult>> HandleAsync(
        LinkAccountRequest request,
        Caller caller,
        AuditTrail audit,
        KeyedRequest keyed,
        OutboundRules outbound,
        LinkAccount link,
        CancellationToken cancellationToken)
    {
        var fields = new AccountFields(outbound);
        var instagramAccount = fields.InstagramAccountId(request.InstagramAccountId);
        var input = new AccountInput(
            fields.Username(request.Username, required: true),
            fields.LoginType(request.LoginType),
            fields.AccessToken(request.AccessToken, required: true),
            fields.MessagingChannelId(request.MessagingChannelId),
            fields.CrmWebhookUrl(request.CrmWebhookUrl),
            fields.WebhookSecret(request.WebhookSecret));
        var page = fields.PageId(request.PageId);
        if (fields.Faults.Count > 0) return Problems.Invalid([.. fields.Faults]);
        var (proven, problem) = await link.ProveAsync(input, cancellationToken);
        problem ??= AccountProof.Contradiction(proven!, instagramAccount.Value, input.MessagingChannelId, page);
        if (problem is not null) return problem;
        input = input with { Proven = proven };
        return await link.LinkAsync(caller, input, request.HistoryEvents, audit, keyed, cancellationToken);
    }

    /// <summary>Links an account that came by Meta's login; returns its id, or the code of why not.</summary>
    public async Task<(AccountId? Linked, string? Error)> ConnectAsync(
        Caller caller, AccountInput input, AuditTrail audit, CancellationToken cancellationToken)
    {
        var answer = await LinkAsync(caller, input, historyEvents: null, audit, keyed: null, cancellationToken);
        return answer.Result switch
        {
            Created<AccountView> made => (made.Value!.Id, null),
            Ok<AccountView> again => (again.Value!.Id, null),
            ProblemHttpResult problem => (null, problem.ProblemDetails.Extensions["code"]?.ToString() ?? "not_connected"),
            _ => (null, "not_connected"),
        };
    }

    private Task<Results<Created<AccountView>, Ok<AccountView>, ProblemHttpResult>> LinkAsync(
        Caller caller,
        AccountInput input,
        bool? historyEvents,
        AuditTrail audit,
        KeyedRequest? keyed,
        CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(scope => LinkAsync(scope, caller, input, historyEvents, audit, keyed), cancellationToken);

    private Task<(ProvenAccount? Proven, ProblemHttpResult? Problem)> ProveAsync(AccountInput input, CancellationToken cancellationToken)
    {
        // Encrypted for nobody in particular: whose account it is, is only known when Meta has answered.
        var nobody = AccountId.New(clock);
        var token = secrets.Protect(SecretPurpose.AccessToken, nobody, input.AccessToken!);
        return proof.TryAsync(nobody, input.LoginType!.Value, token, cancellationToken);
    }

    private async Task<Results<Created<AccountView>, Ok<AccountView>, ProblemHttpResult>> LinkAsync(
        WorkScope<StoreDbContext> scope,
        Caller caller,
        AccountInput input,
        bool? historyEvents,
        AuditTrail audit,
        KeyedRequest? keyed)
    {
        var (db, instagramAccount) = (scope.Db, input.Proven!.InstagramAccountId);
        if (await EffectiveAccess.AgainAsync(db, caller) is not { } current)
            return Problems.Of(StatusCodes.Status401Unauthorized, "unauthorized");
        var known = await db.Accounts.SingleOrDefaultAsync(row => row.InstagramAccountId == instagramAccount)
            ?? await LinkedByAppScopedIdAsync(db, current, input.Proven);
        // This holds for an unlinked account too: its messages are still those of the tenant who had it.
        if (known is not null && !current.CanSee(known.Id) && known.UnlinkedAt is not null) return ReservedIds.Reserved();
        if (known is not null && !current.CanSee(known.Id))
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "account_taken",
                "That Instagram account is linked by somebody else; an admin can give you access.");

        var before = known is null ? null : AccountView.Of(known);
        var account = known ?? Account.Create(AccountId.New(clock), instagramAccount, clock.GetUtcNow());
        var (problem, newSecret) = await writer.LinkAsync(scope, current, account, input);
        if (problem is not null) return problem;
        account.Configure(humanAgent: null, markSeen: null, historyEvents);
        if (known is null) db.Add(account);
        if (!current.CanSee(account.Id)) await EffectiveAccess.GrantAsync(db, current, account.Id);
        events.Append(scope, account, null, EventTypes.AccountConnected, AccountEventData.Of(account));
        scope.AfterCommit(access.Announce);
        if (known is null) scope.AfterCommit(() => LogLinked(logger, account.Id, current.Id));
        else scope.AfterCommit(() => LogLinkedAgain(logger, account.Id, current.Id));
        var view = AccountView.Of(account, newSecret);
        audit.Record(
            scope,
            account.Id.Value,
            account.Id,
            AuditChanges.Of(before, view).WithSecret("access_token")
                .WithSecret("webhook_secret", input.WebhookSecret is not null || newSecret is not null),
            // Who comes back from Meta's login has no credential with them.
            current);
        if (known is null) return await KeptAsync(TypedResults.Created($"/api/v1/accounts/{account.Id}", view));
        return await KeptAsync(TypedResults.Ok(view));

        // Who comes back from Meta's login has no key with them either.
        Task<T> KeptAsync<T>(T answer)
            where T : IResult => keyed?.KeepAsync(scope, answer) ?? Task.FromResult(answer);
    }

    /// <summary>
    /// Finds an account that was linked, before tokens were tried, by the id that only its app knows. No webhook of it ever came through;
    /// it is the same account, and keeps what it has.
    /// </summary>
    private static async Task<Account?> LinkedByAppScopedIdAsync(StoreDbContext db, Caller caller, ProvenAccount proven)
    {
        if (!InstagramAccountId.TryParse(proven.AppScopedId, out var id)) return null;
        var account = await db.Accounts.SingleOrDefaultAsync(row => row.InstagramAccountId == id && row.AppScopedId == null);
        return account is not null && caller.CanSee(account.Id) ? account : null;
    }

    [LoggerMessage(EventName = "account.linked", Level = LogLevel.Information, Message = "{AccountId} was linked by {CallerId}")]
    private static partial void LogLinked(ILogger logger, AccountId accountId, string callerId);

    [LoggerMessage(
        EventName = "account.linked_again",
        Level = LogLevel.Information,
        Message = "{AccountId} was linked again by {CallerId}, whose token it has now")]
    private static partial void LogLinkedAgain(ILogger logger, AccountId accountId, string callerId);
}
