using System.Text;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store.Accounts;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Tests.Store.Accounts;

/// <summary>What the sender reports of accounts.</summary>
public sealed class AccountReportsTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task A_refreshed_token_is_the_accounts_once_and_only_in_place_of_the_one_that_was_refreshed()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var earlier = (await Store.OutboxAsync<AccountChanged>(account)).ShouldHaveSingleItem().ProtectedAccessToken!;
        var ends = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var refreshed = new TokenRefreshed(AccountId.Parse(account), earlier, Protect(account, "IGAA-second"), ends);
        var late = new TokenRefreshed(AccountId.Parse(account), earlier, Protect(account, "IGAA-late"), ends);

        await HandleAsync<TokenRefreshed, TokenRefreshes>(refreshed);
        await HandleAsync<TokenRefreshed, TokenRefreshes>(refreshed);
        await HandleAsync<TokenRefreshed, TokenRefreshes>(late);

        var changes = await Store.OutboxAsync<AccountChanged>(account);
        changes.Select(change => change.Version).ShouldBe([1, 2]);
        Store.Unprotect(SecretPurpose.AccessToken, account, changes[1].ProtectedAccessToken).ShouldBe("IGAA-second");
        changes[1].TokenExpiresAt.ShouldBe(ends);
    }

    [Fact]
    public async Task A_change_of_an_accounts_health_is_an_event_and_of_one_that_is_unlinked_none()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var change = new AccountHealthChanged(AccountId.Parse(account), Encoding.UTF8.GetBytes("""{"status":"action_needed"}"""));

        await HandleAsync<AccountHealthChanged, HealthChanges>(change);
        await Store.DeleteAsync("/api/v1/accounts/" + account, fixture.Admin);
        await HandleAsync<AccountHealthChanged, HealthChanges>(change);

        var told = (await Store.EventsAsync(account)).FindAll(row => row.GetProperty("type").GetString() == "account.health")
            .ShouldHaveSingleItem().GetProperty("data");
        (told.GetProperty("account").GetProperty("id").GetString(), told.GetProperty("health").GetProperty("status").GetString())
            .ShouldBe((account, "action_needed"));
    }

    [Fact]
    public async Task A_crm_that_is_not_posted_to_any_more_is_told_with_what_to_do()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());

        await HandleAsync<WebhookEndpointPaused, PausedEndpoints>(
            new WebhookEndpointPaused(AccountId.Parse(account), "whe_1", DateTimeOffset.UnixEpoch));

        var told = (await Store.EventsAsync(account)).FindAll(row => row.GetProperty("type").GetString() == "account.health")
            .ShouldHaveSingleItem().GetProperty("data");
        told.GetProperty("health").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        var problem = told.GetProperty("problem");
        (problem.GetProperty("code").GetString(), problem.GetProperty("webhook_endpoint_id").GetString())
            .ShouldBe(("webhook_endpoint_paused", "whe_1"));
        problem.GetProperty("next_step").GetString()!.ShouldContain("PATCH /api/v1/webhook-endpoints/whe_1");
    }

    private string Protect(string account, string token) =>
        Store.Get<SecretProtector>().Protect(SecretPurpose.AccessToken, AccountId.Parse(account), token);

    private Task HandleAsync<T, THandler>(T message)
        where THandler : IMessageHandler<StoreDbContext, T> =>
        Store.Get<IUnitOfWork<StoreDbContext>>().ExecuteAsync(scope =>
            Store.Get<THandler>().HandleAsync(scope, [new BusItem<T>("t", null, message)]));
}
