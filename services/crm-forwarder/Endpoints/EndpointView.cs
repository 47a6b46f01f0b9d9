using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.CrmForwarder.Endpoints;

/// <summary>An endpoint as clients see it.</summary>
/// <param name="Id"><c>whe_…</c></param>
/// <param name="AccountId">The account whose <c>crm_webhook_url</c> it is; null for one that was made by the API.</param>
/// <param name="Url">Where events are posted to.</param>
/// <param name="AccountIds">The accounts whose events it takes; null for all, also later ones.</param>
/// <param name="EventTypes">The types that it takes; null for all, also later ones.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Headers">Its owner's headers; values that look like credentials are shown as <c>***</c>.</param>
/// <param name="Ordered">Whether a conversation's events wait behind one that is tried again.</param>
/// <param name="MaxPerSecond">Posts begun in a second, at most; null for no such limit.</param>
/// <param name="State"><c>active</c>, <c>paused</c>, <c>disabled</c> (it answered 410) or <c>removed</c>.</param>
/// <param name="Reason">
/// Why: <c>gone</c>, <c>failing</c>, <c>access_lost</c> (who made it sees no account now); null when somebody decided it.
/// </param>
/// <param name="FailingSince">Since when it has taken nothing (UTC).</param>
/// <param name="PreviousSecretUntil">Until when the secret before signs too (UTC).</param>
/// <param name="CreatedAt">When it was made (UTC).</param>
/// <param name="ChangedAt">When it was changed last (UTC).</param>
/// <param name="DisabledAt">When it answered 410 (UTC).</param>
/// <param name="Secret">Signs its posts: shown once, when it is made; null afterwards.</param>
internal sealed record EndpointView(
    string Id,
    AccountId? AccountId,
    string? Url,
    IReadOnlyList<AccountId>? AccountIds,
    IReadOnlyList<string>? EventTypes,
    string? Description,
    IReadOnlyDictionary<string, string> Headers,
    bool Ordered,
    int? MaxPerSecond,
    EndpointState State,
    string? Reason,
    DateTimeOffset? FailingSince,
    DateTimeOffset? PreviousSecretUntil,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt,
    DateTimeOffset? DisabledAt,
    string? Secret)
{
    private const string OfAccount = "crm_webhook_url of the account";

    public static async Task<IReadOnlyList<EndpointView>> OfAsync(
        CrmForwarderDbContext db, EndpointSecrets secrets, IReadOnlyList<WebhookEndpoint> rows, DateTimeOffset now)
    {
        var ids = rows.Select(row => row.Id).ToList();
        var taken = db.EndpointAccounts.AsNoTracking().Where(row => ids.Contains(row.EndpointId));
        var accounts = (await db.ReadableAsync(taken.OrderBy(row => row.AccountId).ThenBy(row => row.EndpointId)))
            .ToLookup(row => row.EndpointId, row => row.AccountId);
        return [.. rows.Select(row => Of(row, [.. accounts[row.Id]], CustomHeaders.Shown(LockedEndpoint.HeadersOf(secrets, row)), now))];
    }

    /// <summary>Leaves the secret out, wherever the record is printed.</summary>
    public override string ToString() => Id;

    private static EndpointView Of(
        WebhookEndpoint row, IReadOnlyList<AccountId> accounts, IReadOnlyDictionary<string, string> headers, DateTimeOffset now) => new(
        row.Id,
        row.AccountId,
        row.Url,
        row.AllAccounts ? null : accounts,
        EventFilter.Read(row.EventTypes),
        row.Description ?? (row.AccountId is null ? null : OfAccount),
        headers,
        row.Ordered,
        row.MaxPerSecond,
        row.State,
        row.Reason,
        row.FailingSince,
        row.PreviousSecretUntil > now ? row.PreviousSecretUntil : null,
        row.CreatedAt,
        row.ChangedAt,
        row.State == EndpointState.Disabled ? row.ChangedAt : null,
        null);
}
