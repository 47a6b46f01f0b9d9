using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Store.Accounts;

/// <summary>Linked Instagram accounts.</summary>
internal static class AccountsSetup
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IMetaQuestions>(provider => provider.GetRequiredService<MetaQuestions>());
        builder.Services.AddMessageHandler<StoreDbContext, AccessProven, MetaQuestions>("store.access-proven");
        builder.Services.AddMessageHandler<StoreDbContext, TokenRefreshed, TokenRefreshes>("store.token-refreshed");
        builder.Services.AddMessageHandler<StoreDbContext, AccountHealthChanged, HealthChanges>("store.account-health-changed");
        builder.Services.AddMessageHandler<StoreDbContext, WebhookEndpointPaused, PausedEndpoints>("store.webhook-endpoint-paused");
        builder.Services.AddWorker<AccountActivity>();
        builder.Services.AddSingleton<AccountProof>();
        builder.Services.AddSingleton<AccountWriter>();
        builder.Services.AddSingleton<LinkAccount>();
    }

    public static void MapAccounts(this WebApplication app)
    {
        var accounts = app.MapGroup("/api/v1/accounts").WithTags("Accounts");
        accounts.MapLinkedAccounts();
        LinkAccount.Map(accounts);
        accounts.MapChangeAccount();
        accounts.MapUnlinkAccount();

        app.MapGroup("/api/v1/reserved-identifiers").MapReservedIdentifiers();
    }
}
