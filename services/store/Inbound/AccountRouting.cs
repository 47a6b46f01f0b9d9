using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>
/// Finds the accounts of a batch by every id that Meta may use: the channel id, else the Instagram account id (and then remembers the channel
/// id), else the business side of the event. What matches nothing is quarantined: never dropped, never guessed.
/// </summary>
internal sealed class AccountRouting(StoreDbContext db, List<AccountIdentifier> identifiers, Dictionary<string, Account> accounts, DateTimeOffset now)
{
    public static async Task<AccountRouting> LoadAsync(StoreDbContext db, IReadOnlyCollection<Arrival> arrivals, DateTimeOffset now)
    {
        var ids = arrivals.Select(arrival => arrival.Item.ChannelId).Concat(arrivals.Select(arrival => arrival.Item.BusinessId ?? "")).Distinct().ToList();
        var identifiers = await db.AccountIdentifiers.AsNoTracking().Where(row => ids.Contains(row.ExternalId)).OrderBy(row => row.Kind).ToListAsync();
        var accountIds = identifiers.Select(row => row.AccountId).Distinct().ToList();
        var accounts = accountIds.Count == 0 ? [] : await db.Accounts.Where(account => accountIds.Contains(account.Id)).ToListAsync();
        return new AccountRouting(db, identifiers, accounts.ToDictionary(account => account.Id.Value), now);
    }

    public Account? Find(WebhookItem item)
    {
        if (Named(item.ChannelId) is not { } identifier) return item.BusinessId is { } business && Named(business) is { } other ? accounts.GetValueOrDefault(other.AccountId.Value) : null;
        var account = accounts.GetValueOrDefault(identifier.AccountId.Value);
        if (account is not null && identifier.Kind == IdentifierKind.Instagram) Bind(account, item.ChannelId);
        return account;
    }

    private AccountIdentifier? Named(string id) => identifiers.Find(row => row.ExternalId == id);

    private void Bind(Account account, string channel)
    {
        if (account.MessagingChannelId is not null) return;
        account.BindChannel(Contracts.Ids.MessagingChannelId.Parse(channel), now);
        var identifier = new AccountIdentifier { ExternalId = channel, Kind = IdentifierKind.Channel, AccountId = account.Id };
        db.AccountIdentifiers.Add(identifier);
        identifiers.Insert(0, identifier);
    }
}
