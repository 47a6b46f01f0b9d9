using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.History;
using InstaMessenger.Store.Inbound;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Accounts;

/// <summary>What a client gives of an account. Null means unchanged, so dropping the CRM webhook has a member of its own.</summary>
internal sealed record AccountInput(
    string? Username,
    LoginType? LoginType,
    string? AccessToken,
    MessagingChannelId? MessagingChannelId,
    string? CrmWebhookUrl,
    string? WebhookSecret,
    bool DropsCrmWebhook = false,
    (MediaMode? Mode, int? KeepDays) Media = default)
{
    /// <summary>What Meta said of the token; null when none is given and nothing else needed a proof.</summary>
    public ProvenAccount? Proven { get; init; }

    /// <summary>The Meta app by whose login the token came; null when it was pasted.</summary>
    public string? AppId { get; init; }

    /// <summary>When the token ends, if that is known.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }

    /// <summary>Leaves the secrets out, wherever the record is printed.</summary>
    public override string ToString() => nameof(AccountInput);
}

/// <summary>
/// Changes an account in a transaction: its row, the ids that webhooks find it by, and what the other services must know about it.
/// </summary>
internal sealed class AccountWriter(
    SecretProtector secrets, QuarantineSignal quarantine, HistoryRuns history, EventLog events, TimeProvider clock)
{
    /// <summary>Links the account with what is given and, for the rest, what it has.</summary>
    /// <returns>The problem, when nothing was changed; else the webhook secret if one was made.</returns>
    public async Task<(
        ProblemHttpResult? Problem,
        string? NewSecret)> LinkAsync(WorkScope<StoreDbContext> scope, Caller caller, Account account, AccountInput input)
    {
        var hasReceiver = input.CrmWebhookUrl is not null || input.WebhookSecret is not null;
        if (hasReceiver && LastingReceivers.Refusal(caller) is { } refusal) return (refusal, null);
        var channel = input.MessagingChannelId ?? account.MessagingChannelId;
        string?[] ids =
        [
            .. account.Ids, channel?.Value, input.Proven?.InstagramAccountId.Value, input.Proven?.AppScopedId, input.Proven?.PageId,
        ];
        if (await ReservedIds.TakeAsync(scope.Db, caller, account.Id, [.. ids.OfType<string>().Distinct()]) is { } taken)
            return (taken, null);
        var url = input.DropsCrmWebhook ? null : input.CrmWebhookUrl ?? account.CrmWebhookUrl;
        if (url is null && input.WebhookSecret is not null)
            return (Problems.Invalid(("webhook_secret", "It signs what is posted to crm_webhook_url, and there is none.")), null);

        var (protectedSecret, newSecret) = SecretOf(account, url, input.WebhookSecret);
        var token = input.AccessToken is { } given
            ? secrets.Protect(SecretPurpose.AccessToken, account.Id, given)
            : account.ProtectedAccessToken;
        var wasLinked = account is { Version: > 0, UnlinkedAt: null };
        account.Link(
            new AccountLink(
                input.Proven?.Username ?? input.Username ?? account.Username,
                input.LoginType ?? account.LoginType,
                token,
                channel,
                url,
                protectedSecret),
            clock.GetUtcNow());
        if (input.Proven is { } proven) account.Identify(new AccountIdentity(
            proven.InstagramAccountId, proven.AppScopedId, proven.PageId, proven.Name, proven.PictureUrl)
        {
            LoginUserId = proven.LoginUserId,
        });
        if (input.AccessToken is not null) account.Hold(input.AppId, input.TokenExpiresAt);
        account.ChangeMedia(input.Media.Mode ?? account.MediaMode, input.Media.KeepDays ?? account.MediaKeepDays);
        await ClaimIdsAsync(scope.Db, account);
        Tell(scope, account);
        await history.BeginAsync(scope, account, wasLinked);
        // A quarantined webhook may be waiting for these ids.
        scope.AfterCommit(quarantine.Linked);
        return (null, newSecret);
    }

    /// <summary>
    /// Unlinks the account. Until it is linked again it sends nothing, and its webhooks go to quarantine. Its ids stay its own.
    /// Clients are told.
    /// </summary>
    public void Unlink(WorkScope<StoreDbContext> scope, Account account)
    {
        account.Unlink(clock.GetUtcNow());
        Tell(scope, account);
        events.Append(scope, account, null, EventTypes.AccountDisconnected, AccountEventData.Of(account));
    }

    /// <summary>Takes a refreshed token, and tells those who use it.</summary>
    public void Renew(WorkScope<StoreDbContext> scope, Account account, TokenRefreshed refreshed)
    {
        account.RenewToken(refreshed.ProtectedAccessToken, refreshed.ExpiresAt, clock.GetUtcNow());
        Tell(scope, account);
    }

    private (string? Protected, string? New) SecretOf(Account account, string? url, string? given)
    {
        if (url is null) return (null, null);
        if (given is null && account.ProtectedWebhookSecret is { } kept) return (kept, null);
        var made = given is null ? WebhookSecret.New() : null;
        return (secrets.Protect(SecretPurpose.WebhookSecret, account.Id, given ?? made!), made);
    }

    /// <summary>Ids that the account had before stay its own, see <see cref="ReservedIds"/>.</summary>
    private static async Task ClaimIdsAsync(StoreDbContext db, Account account)
    {
        var claimed = await db.AccountIdentifiers.Where(id => id.AccountId == account.Id).ToListAsync();
        var wanted = new List<(string Id, IdentifierKind Kind)> { (account.InstagramAccountId.Value, IdentifierKind.Instagram) };
        if (account.MessagingChannelId is { } channel) wanted.Add((channel.Value, IdentifierKind.Channel));
        if (account.AppScopedId is { } appScoped) wanted.Add((appScoped, IdentifierKind.AppScoped));
        if (account.PageId is { } page) wanted.Add((page, IdentifierKind.Page));
        db.AddRange(wanted.Where(id => !claimed.Exists(row => row.ExternalId == id.Id && row.Kind == id.Kind))
            .Select(id => new AccountIdentifier { ExternalId = id.Id, Kind = id.Kind, AccountId = account.Id }));
    }

    private static void Tell(WorkScope<StoreDbContext> scope, Account account) => scope.Publish(new AccountChanged(
        account.Id,
        account.Version,
        account.InstagramAccountId,
        account.LoginType,
        account.ProtectedAccessToken,
        account.CrmWebhookUrl,
        account.ProtectedWebhookSecret,
        Unlinked: account.UnlinkedAt is not null)
    {
        PageId = account.PageId, AppId = account.AppId, TokenExpiresAt = account.TokenExpiresAt,
    });
}
