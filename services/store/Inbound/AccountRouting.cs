using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Inbound;

/// <summary>Where an item goes.</summary>
/// <param name="Account">The linked account that it is for; null when none claims it.</param>
/// <param name="ReservedFor">The account that its id belongs to, linked or not; null for an id that nobody ever had.</param>
internal readonly record struct Route(Account? Account, AccountId? ReservedFor);

/// <summary>
/// Finds the accounts of a batch by every id that Meta may use: the channel id, else the Instagram account id (and then remembers the
/// channel id), else the business side of the event, which is the sender when Meta forgot to say so. What matches nothing is quarantined:
/// never dropped, never guessed.
/// </summary>
internal sealed class AccountRouting(
    StoreDbContext db, List<AccountIdentifier> identifiers, Dictionary<AccountId, Account> accounts, DateTimeOffset now)
{
    public static async Task<AccountRouting> LoadAsync(StoreDbContext db, IReadOnlyCollection<Arrival> arrivals, DateTimeOffset now)
    {
        var ids = arrivals.SelectMany(arrival => Ids(arrival.Item)).OfType<string>().Distinct().ToList();
        var identifiers = await db.AccountIdentifiers.AsNoTracking().Where(row => ids.Contains(row.ExternalId)).OrderBy(row => row.Kind)
            .ToListAsync();
        var accountIds = identifiers.Select(row => row.AccountId).Distinct().ToList();
        var accounts = accountIds.Count == 0 ? [] : await db.Accounts.Where(account => accountIds.Contains(account.Id)).ToListAsync();
        return new AccountRouting(db, identifiers, accounts.ToDictionary(account => account.Id), now);
    }

    public Route Find(WebhookItem item)
    {
        AccountId? owner = null;
        foreach (var id in Ids(item))
        {
            if (identifiers.Find(row => row.ExternalId == id) is not { } identifier) continue;
            // The ids belong to two accounts, and a guess could show one tenant another's message.
            if (owner is not null && identifier.AccountId != owner) break;
            owner = identifier.AccountId;
            if (!accounts.TryGetValue(identifier.AccountId, out var account) || account.UnlinkedAt is not null
                || !account.Owns(identifier.ExternalId)) continue;
            if (id == item.ChannelId && identifier.Kind == IdentifierKind.Instagram) Bind(account, identifier.ExternalId);
            return new Route(account, owner);
        }

        return new Route(null, owner);
    }

    /// <summary>Returns an account that ids of the batch belong to, linked or not.</summary>
    public Account? Of(AccountId id) => accounts.GetValueOrDefault(id);

    /// <summary>What may name the account, the surest first.</summary>
    private static string?[] Ids(WebhookItem item) => [item.ChannelId, item.BusinessId, item.UnsaidBusinessId];

    private void Bind(Account account, string channel)
    {
        if (account.MessagingChannelId is not null) return;
        account.BindChannel(MessagingChannelId.Parse(channel), now);
        var identifier = new AccountIdentifier { ExternalId = channel, Kind = IdentifierKind.Channel, AccountId = account.Id };
        db.AccountIdentifiers.Add(identifier);
        identifiers.Insert(0, identifier);
    }
}
