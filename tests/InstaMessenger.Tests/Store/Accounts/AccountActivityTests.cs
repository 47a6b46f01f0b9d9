using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Accounts;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Accounts;

/// <summary>What the accounts' health hears of the store.</summary>
public sealed class AccountActivityTests
{
    [Fact]
    public async Task An_account_whose_id_is_none_keeps_nothing_of_another_from_being_told()
    {
        await using var store = await StoreOverHttp.StartAsync(services =>
        {
            services.RemoveLoopOf<QuarantineReplay>();
            services.RemoveLoopOf<AccountActivity>();
        });
        var admin = await store.SignInAsync();
        var (account, rotten) = (await store.LinkAsync(admin, "178001"), await store.LinkAsync(admin, "178002"));
        await store.Get<IUnitOfWork<StoreDbContext>>().ExecuteAsync(async scope =>
        {
            scope.Db.AddRange(Quarantined("178001"), Quarantined("178002"));
            await scope.Db.Database.ExecuteSqlAsync($"UPDATE accounts SET id = 'no id' WHERE id = {rotten}");
            await scope.Db.Database.ExecuteSqlAsync($"UPDATE account_identifiers SET account_id = 'no id' WHERE account_id = {rotten}");
        });

        await store.Get<AccountActivity>().RoundAsync(default);

        (await store.OutboxAsync<AccountActive>(account)).ShouldHaveSingleItem().Quarantined.ShouldBe(1);
    }

    private static QuarantinedWebhook Quarantined(string channel) => new()
    {
        ChannelId = channel,
        Reason = "unknown_account",
        Body = "{}"u8.ToArray(),
        Fingerprint = "of " + channel,
        ReceivedAt = DateTimeOffset.UnixEpoch,
    };
}
