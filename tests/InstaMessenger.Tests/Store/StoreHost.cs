using System.Net.Http.Headers;
using System.Text;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Inbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Store;

/// <summary>The whole store on a database of its own.</summary>
public sealed class StoreHost : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("store-").FullName;
    private WebApplication _app = null!;

    internal IServiceProvider Services => _app.Services;

    /// <summary>Where it keeps its files.</summary>
    internal string Folder => _directory;

    internal Uri Address => new(_app.Urls.First());

    internal IUnitOfWork<StoreDbContext> UnitOfWork => Services.GetRequiredService<IUnitOfWork<StoreDbContext>>();

    /// <summary>Starts it, with other callers, another clock or a sender if the test wants them.</summary>
    public static async Task<StoreHost> StartAsync(Action<IServiceCollection>? configure = null) =>
        await StartAsync(await StoreDatabase.SettingsAsync(), configure);

    /// <summary>Starts one on a database that another one may have too.</summary>
    internal static async Task<StoreHost> StartAsync(
        IEnumerable<KeyValuePair<string, string?>> settings, Action<IServiceCollection>? configure = null)
    {
        var host = new StoreHost();
        if (settings.All(setting => setting.Key != "ConnectionStrings:Store")) FreshDatabases.PutStore(host._directory);
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Data:Directory"] = host._directory,
            ["Secrets:MasterKey"] = "bm90IGEgc2VjcmV0LCBvbmx5IGEgdGVzdCdzIGtleSE=",
            ["Jwt:SigningKeys:0"] = "bm90IGEgc2VjcmV0LCBvbmx5IGEgdGVzdCdzIGtleSE=",
            ["Urls"] = "http://127.0.0.1:0",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddServiceDefaults("store", 0);
        builder.Logging.ClearProviders();
        builder.AddStore();
        configure?.Invoke(builder.Services);
        NoProfiles.AddTo(builder.Services);
        builder.AddBus();
        host._app = builder.Build();
        host._app.UseServiceDefaults();
        host._app.MapStore();
        await host._app.StartAsync();
        return host;
    }

    /// <summary>A client of its HTTP interface.</summary>
    public HttpClient Client(string credential)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        return client;
    }

    internal StoreDbContext Read() => Services.GetRequiredService<IDbContextFactory<StoreDbContext>>().CreateDbContext();

    internal Task<Account> LinkAsync(string instagramAccountId, string? channelId = null) => UnitOfWork.ExecuteAsync(scope =>
    {
        var account = Account.Create(
            AccountId.New(TimeProvider.System), InstagramAccountId.Parse(instagramAccountId), TimeProvider.System.GetUtcNow());
        account.Link(
            new AccountLink(
                "shop", LoginType.Instagram, "protected", channelId is null ? null : MessagingChannelId.Parse(channelId), null, null),
            TimeProvider.System.GetUtcNow());
        scope.Db.Accounts.Add(account);
        scope.Db.AccountIdentifiers.Add(
            new AccountIdentifier { ExternalId = instagramAccountId, Kind = IdentifierKind.Instagram, AccountId = account.Id });
        if (channelId is not null) scope.Db.AccountIdentifiers.Add(
            new AccountIdentifier { ExternalId = channelId, Kind = IdentifierKind.Channel, AccountId = account.Id });
        return Task.FromResult(account);
    });

    /// <summary>Hands it webhooks in one bundle, as the bus does.</summary>
    internal Task ReceiveAsync(params string[] bodies) => UnitOfWork.ExecuteAsync(scope =>
        Services.GetRequiredService<RecordWebhooks>().HandleAsync(
            scope,
            [
                .. bodies.Select((body, i) => new BusItem<WebhookReceived>(
                    $"t-{i}", null, new WebhookReceived(Encoding.UTF8.GetBytes(body), TimeProvider.System.GetUtcNow()))),
            ]));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        SqlitePools.Clear(_directory);
        Directory.Delete(_directory, recursive: true);
    }
}
