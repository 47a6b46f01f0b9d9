using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>The body of <c>PATCH /api/v1/accounts/{id}</c>; members that are left out stay unchanged.</summary>
/// <param name="Username">The account's name at Instagram.</param>
/// <param name="AccessToken">A new token, which is tried with Meta first.</param>
/// <param name="MessagingChannelId"><c>entry.id</c> of the account's webhooks, if Meta confirms it.</param>
/// <param name="WebhookSecret">A new secret, used from the next delivery on.</param>
/// <param name="HumanAgent">Whether people may answer until 7 days after the customer's last message: Meta's Human Agent feature.</param>
/// <param name="MarkSeen">Whether customers see at Instagram that their messages were read here.</param>
/// <param name="Media">What becomes of attachments that come from now on.</param>
/// <param name="HistoryEvents">Whether messages that an import finds are told as events, marked as history.</param>
internal sealed record ChangeAccountRequest(
    string? Username = null,
    string? AccessToken = null,
    string? MessagingChannelId = null,
    string? WebhookSecret = null,
    bool? HumanAgent = null,
    bool? MarkSeen = null,
    MediaRequest? Media = null,
    bool? HistoryEvents = null)
{
    /// <summary>
    /// Where events are posted to; null for nowhere any more, which forgets the secret too. Raw JSON, because null and "left out" differ.
    /// </summary>
    public JsonElement CrmWebhookUrl { get; init; }

    /// <summary>Leaves the secrets out, wherever the record is printed.</summary>
    public override string ToString() => nameof(ChangeAccountRequest);
}

/// <summary>What becomes of attachments; members that are left out stay unchanged.</summary>
/// <param name="Mode"><c>keep</c>, <c>proxy</c> or <c>link</c>.</param>
/// <param name="KeepDays">How long they are kept, 1 to 3,650 days.</param>
internal sealed record MediaRequest(string? Mode = null, int? KeepDays = null);

/// <summary><c>PATCH /api/v1/accounts/{id}</c>.</summary>
internal static class ChangeAccount
{
    public static void MapChangeAccount(this IEndpointRouteBuilder routes) => routes.MapPatch("{id}", HandleAsync)
        .Needs(Scopes.Manage)
        .Audited(AuditActions.AccountChanged)
        .WithETag()
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .WithSummary("Change a linked account.")
        .Refuses(StatusCodes.Status403Forbidden, "key_expires", "scope_exceeded")
        .Refuses(StatusCodes.Status409Conflict, "channel_taken", "identifier_reserved")
        .Refuses(StatusCodes.Status422UnprocessableEntity, "token_of_another_account", "token_invalid")
        .Refuses(StatusCodes.Status503ServiceUnavailable, "meta_unavailable");

    private static async Task<Results<Ok<AccountView>, ProblemHttpResult>> HandleAsync(
        AccountId id,
        ChangeAccountRequest request,
        Caller caller,
        AuditTrail audit,
        IfMatch match,
        OutboundRules outbound,
        IUnitOfWork<StoreDbContext> unitOfWork,
        AccountWriter writer,
        AccountProof proof,
        SecretProtector secrets,
        IDbContextFactory<StoreDbContext> factory,
        CancellationToken cancellationToken)
    {
        var fields = new AccountFields(outbound);
        var input = new AccountInput(
            fields.Username(request.Username, required: false),
            LoginType: null,
            fields.AccessToken(request.AccessToken, required: false),
            fields.MessagingChannelId(request.MessagingChannelId),
            fields.CrmWebhookUrl(request.CrmWebhookUrl.Read<string>("crm_webhook_url", fields.Fault)),
            fields.WebhookSecret(request.WebhookSecret),
            DropsCrmWebhook: request.CrmWebhookUrl.ValueKind == JsonValueKind.Null,
            fields.Media(request.Media));
        if (fields.Faults.Count > 0) return Problems.Invalid([.. fields.Faults]);
        if (input.AccessToken is not null || input.MessagingChannelId is not null)
        {
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            if (await LinkedAccounts.FindAsync(db, caller, id, cancellationToken) is not { } account) return Problems.NotFound("account");
            var (proven, problem) = await ProveAsync(account, input, proof, secrets, cancellationToken);
            if (problem is not null) return problem;
            input = input with { Proven = proven };
        }

        return await unitOfWork.ExecuteAsync(
            scope => ChangeAsync(scope, caller, id, input, request, writer, audit, match), cancellationToken);
    }

    private static async Task<(ProvenAccount? Proven, ProblemHttpResult? Problem)> ProveAsync(
        Account account, AccountInput input, AccountProof proof, SecretProtector secrets, CancellationToken cancellationToken)
    {
        var token = input.AccessToken is { } given
            ? secrets.Protect(SecretPurpose.AccessToken, account.Id, given)
            : account.ProtectedAccessToken!;
        var (proven, problem) = await proof.TryAsync(account.Id, account.LoginType, token, cancellationToken);
        problem ??= AccountProof.Contradiction(proven!, account.InstagramAccountId.Value, input.MessagingChannelId, pageId: null);
        return (proven, problem);
    }

    private static async Task<Results<Ok<AccountView>, ProblemHttpResult>> ChangeAsync(
        WorkScope<StoreDbContext> scope,
        Caller caller,
        AccountId id,
        AccountInput input,
        ChangeAccountRequest request,
        AccountWriter writer,
        AuditTrail audit,
        IfMatch match)
    {
        if (await LinkedAccounts.FindAsync(scope.Db, caller, id) is not { } account) return Problems.NotFound("account");
        var before = AccountView.Of(account);
        if (match.Fault(before) is { } stale) return stale;
        var (problem, newSecret) = await writer.LinkAsync(scope, caller, account, input);
        if (problem is not null) return problem;
        account.Configure(request.HumanAgent, request.MarkSeen, request.HistoryEvents);
        audit.Record(
            scope,
            id.Value,
            id,
            AuditChanges.Of(before, AccountView.Of(account))
                .WithSecret("access_token", input.AccessToken is not null)
                .WithSecret("webhook_secret", input.WebhookSecret is not null || newSecret is not null));
        return TypedResults.Ok(AccountView.Of(account, newSecret));
    }
}
