using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender;
using InstaMessenger.Sender.Accounts;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Erasures;
using InstaMessenger.Sender.History;
using InstaMessenger.Sender.Sending;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.IntegrationTests.Sending;

/// <summary>One of several senders on a MariaDB; what the bus would bring is handed to its handlers.</summary>
internal sealed class SenderProcess : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SenderProcess(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public IUnitOfWork<SenderDbContext> UnitOfWork => Services.GetRequiredService<IUnitOfWork<SenderDbContext>>();

    public static async Task<SenderProcess> StartAsync(
        string connectionString, Uri graph, string folder, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Data:Directory"] = folder,
            ["ConnectionStrings:Sender"] = connectionString,
            ["Secrets:MasterKey"] = "bm90IGEgc2VjcmV0LCBvbmx5IGEgdGVzdCdzIGtleSE=",
            ["Instagram:GraphBaseUrl"] = graph.ToString(),
            ["Services:Store"] = "http://127.0.0.1:9",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.AddServiceDefaults("sender", 0);
        builder.AddSender();
        builder.Services.AddMessageHandler<SenderDbContext, SendReported, Listener>("store.send-reported");
        builder.Services.AddMessageHandler<SenderDbContext, TokenRefreshed, Listener>("store.token-refreshed");
        builder.Services.AddMessageHandler<SenderDbContext, HistoryRead, Listener>("store.history-read");
        builder.Services.AddMessageHandler<SenderDbContext, AccountHealthChanged, Listener>("store.account-health-changed");
        builder.Services.AddMessageHandler<SenderDbContext, ActionTaken, Listener>("store.action-taken");
        builder.Services.AddMessageHandler<SenderDbContext, DataErased, Listener>("store.data-erased");
        builder.AddBus();
        builder.Logging.ClearProviders().AddProvider(new TestOutputLog(LogLevel.Warning));
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapSender();
        await app.StartAsync();
        return new SenderProcess(app);
    }

    public Task LinkAsync(AccountId account, long version, string token)
    {
        var sealedToken = Services.GetRequiredService<SecretProtector>().Protect(SecretPurpose.AccessToken, account, token);
        return HandleAsync<AccountChanged, AccountChangedHandler>(
            new AccountChanged(
                account, version, InstagramAccountId.Parse("17841400000000001"), LoginType.Instagram, sealedToken, null, null, false));
    }

    public Task SendAsync(params SendMessage[] sends) => HandleAsync<SendMessage, SendMessageHandler>(sends);

    public Task ReadHistoryAsync(ReadHistory command) => HandleAsync<ReadHistory, ReadHistoryHandler>(command);

    public Task EraseAsync(EraseData command) => HandleAsync<EraseData, EraseDataHandler>(command);

    public static SendMessage Text(AccountId account, string contact, string text, long version = 1) => new(
        MessageId.New(TimeProvider.System),
        account,
        version,
        InstagramUserId.Parse(contact),
        new OutgoingText(text),
        false,
        null,
        TimeProvider.System.GetUtcNow());

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private Task HandleAsync<T, THandler>(params T[] messages)
        where THandler : IMessageHandler<SenderDbContext, T> => UnitOfWork.ExecuteAsync(scope =>
            Services.GetRequiredService<THandler>().HandleAsync(
                scope, [.. messages.Select((message, index) => new BusItem<T>($"test-{index}", null, message))]));

    internal sealed class Listener
        : IMessageHandler<SenderDbContext, SendReported>,
        IMessageHandler<SenderDbContext, TokenRefreshed>,
        IMessageHandler<SenderDbContext, HistoryRead>,
        IMessageHandler<SenderDbContext, AccountHealthChanged>,
        IMessageHandler<SenderDbContext, ActionTaken>,
        IMessageHandler<SenderDbContext, DataErased>
    {
        public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<DataErased>> items) => Task.CompletedTask;

        public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<ActionTaken>> items) => Task.CompletedTask;

        public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<TokenRefreshed>> items) => Task.CompletedTask;

        public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<HistoryRead>> items) => Task.CompletedTask;

        public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<AccountHealthChanged>> items) => Task.CompletedTask;

        public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<SendReported>> items) => Task.CompletedTask;
    }
}
