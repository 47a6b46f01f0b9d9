using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
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
using InstaMessenger.Sender.Checkups;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Downloads;
using InstaMessenger.Sender.Erasures;
using InstaMessenger.Sender.History;
using InstaMessenger.Sender.Profiles;
using InstaMessenger.Sender.Proofs;
using InstaMessenger.Sender.Sending;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Sender;

/// <summary>The real sender on SQLite with the in-process bus; only the clock and the callers are the test's.</summary>
internal sealed class SenderHost : IAsyncDisposable
{
    public static readonly AccountId Account = AccountId.Parse("acc_1");
    public static readonly InstagramUserId Contact = InstagramUserId.Parse("42");

    private WebApplication _app = null!;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));

    public string Folder { get; } = Directory.CreateTempSubdirectory("sender-").FullName;

    public Channel<SendReported> Reports { get; } = Channel.CreateUnbounded<SendReported>();

    public Channel<MediaReported> Media { get; } = Channel.CreateUnbounded<MediaReported>();

    public Channel<ProfileReported> Profiles { get; } = Channel.CreateUnbounded<ProfileReported>();

    public Channel<AccessProven> Proofs { get; } = Channel.CreateUnbounded<AccessProven>();

    public Channel<HistoryRead> History { get; } = Channel.CreateUnbounded<HistoryRead>();

    public Channel<TokenRefreshed> Refreshes { get; } = Channel.CreateUnbounded<TokenRefreshed>();

    public Channel<AccountHealthChanged> Health { get; } = Channel.CreateUnbounded<AccountHealthChanged>();

    public Channel<DataErased> Erased { get; } = Channel.CreateUnbounded<DataErased>();

    public Channel<ActionTaken> Actions { get; } = Channel.CreateUnbounded<ActionTaken>();

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Changes what the sender is made of.</summary>
    public Action<IServiceCollection>? Change { get; init; }

    public IServiceProvider Services => _app.Services;

    public static async Task<SenderHost> StartAsync(Uri graph, params (string Key, string Value)[] settings)
    {
        var host = new SenderHost();
        await host.OpenAsync(graph, settings);
        return host;
    }

    public async Task OpenAsync(Uri graph, params (string Key, string Value)[] settings)
    {
        FreshDatabases.PutSender(Folder);
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Data:Directory"] = Folder,
            ["Secrets:MasterKey"] = Convert.ToBase64String(SHA256.HashData("a test's key"u8)),
            ["Instagram:GraphBaseUrl"] = graph.ToString(),
            // Tests move the clock while calls are under way, on machines of any speed.
            ["Sender:CallTimeout"] = "00:05:00",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton<ICallerSource, Callers>();
        builder.Services.AddSingleton(Reports);
        builder.Services.AddSingleton(Media).AddSingleton(Profiles).AddSingleton(Proofs)
            .AddSingleton(Refreshes).AddSingleton(Health);
        builder.AddServiceDefaults("sender", 0);
        builder.AddSender();
        Change?.Invoke(builder.Services);
        builder.Services.AddMessageHandler<SenderDbContext, SendReported, Collector<SendReported>>("store.send-reported");
        builder.Services.AddMessageHandler<SenderDbContext, MediaReported, Collector<MediaReported>>("store.media-reported");
        builder.Services.AddMessageHandler<SenderDbContext, ProfileReported, Collector<ProfileReported>>("store.profile-reported");
        builder.Services.AddSingleton(History);
        builder.Services.AddMessageHandler<SenderDbContext, HistoryRead, Collector<HistoryRead>>("store.history-read");
        builder.Services.AddMessageHandler<SenderDbContext, AccessProven, Collector<AccessProven>>("store.access-proven");
        builder.Services.AddMessageHandler<SenderDbContext, TokenRefreshed, Collector<TokenRefreshed>>("store.token-refreshed");
        builder.Services.AddMessageHandler<SenderDbContext, AccountHealthChanged, Collector<AccountHealthChanged>>(
            "store.account-health-changed");
        builder.Services.AddSingleton(Actions);
        builder.Services.AddMessageHandler<SenderDbContext, ActionTaken, Collector<ActionTaken>>("store.action-taken");
        builder.Services.AddSingleton(Erased);
        builder.Services.AddMessageHandler<SenderDbContext, DataErased, Collector<DataErased>>("store.data-erased");
        builder.AddBus();
        builder.Logging.ClearProviders().AddProvider(new TestOutputLog(LogLevel.Information));
        _app = builder.Build();
        _app.UseServiceDefaults();
        _app.MapSender();
        await _app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", "owner");
    }

    public async Task CloseAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        SqlitePools.Clear(Folder);
        Directory.Delete(Folder, recursive: true);
    }

    public Task LinkAsync(
        long version = 1,
        string token = "IGTOKEN",
        LoginType login = LoginType.Instagram,
        bool unlinked = false,
        AccountId? account = null,
        DateTimeOffset? expiresAt = null)
    {
        var id = account ?? Account;
        var sealedToken = unlinked ? null : Services.GetRequiredService<SecretProtector>().Protect(SecretPurpose.AccessToken, id, token);
        return HandleAsync<AccountChanged, AccountChangedHandler>(
            new AccountChanged(id, version, InstagramAccountId.Parse("17841400000000001"), login, sealedToken, null, null, unlinked)
            {
                TokenExpiresAt = expiresAt,
            });
    }

    public SendMessage Text(
        string id,
        string text = "hello",
        InstagramUserId? to = null,
        DateTimeOffset? expiresAt = null,
        long accountVersion = 1,
        AccountId? account = null,
        string? after = null) =>
        new(
            MessageId.Parse("msg_" + id),
            account ?? Account,
            accountVersion,
            to ?? Contact,
            new OutgoingText(text),
            false,
            expiresAt,
            Clock.GetUtcNow()) { After = after is null ? null : MessageId.Parse("msg_" + after) };

    public Task SendAsync(params SendMessage[] sends) => HandleAsync<SendMessage, SendMessageHandler>(sends);

    public Task FetchAsync(params FetchMedia[] commands) => HandleAsync<FetchMedia, FetchMediaHandler>(commands);

    public Task CancelFetchAsync(params CancelFetch[] commands) => HandleAsync<CancelFetch, CancelFetchHandler>(commands);

    public Task CacheUsedAsync(int hits, int misses) => HandleAsync<ProfileCacheUsed, ProfileCacheUsedHandler>(
        new ProfileCacheUsed(Account, hits, misses, Clock.GetUtcNow()));

    public Task ReadHistoryAsync(ReadHistory command) => HandleAsync<ReadHistory, ReadHistoryHandler>(command);

    public Task CancelAsync(string id) => HandleAsync<CancelSend, CancelSendHandler>(
        new CancelSend(MessageId.Parse("msg_" + id), Account, Contact, Clock.GetUtcNow()));

    public Task EchoAsync(string id, string mid) => HandleAsync<EchoRecognised, EchoRecognisedHandler>(
        new EchoRecognised(MessageId.Parse("msg_" + id), Account, InstagramMessageId.Parse(mid), Clock.GetUtcNow()));

    /// <summary>The next report that is not about a call being made.</summary>
    public async Task<SendReported> OutcomeAsync()
    {
        while (true)
        {
            var report = await Reports.Reader.ReadAsync(Patience.Token());
            if (report.Outcome != SendOutcome.Sending) return report;
        }
    }

    /// <summary>The same, while time goes by; in small steps where a call is expected, so that it does not outlive its claim.</summary>
    public async Task<SendReported> OutcomeAsync(TimeSpan step)
    {
        var outcome = OutcomeAsync();
        while (!outcome.IsCompleted)
        {
            Clock.Advance(step);
            await Task.WhenAny(outcome, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        return await outcome;
    }

    public async Task<LedgerEntry> RowAsync(string id)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync();
        var messageId = MessageId.Parse("msg_" + id);
        return await db.Ledger.SingleAsync(row => row.MessageId == messageId);
    }

    public Task WriteAsync(Func<SenderDbContext, Task> write) =>
        Services.GetRequiredService<IUnitOfWork<SenderDbContext>>().ExecuteAsync(scope => write(scope.Db));

    /// <summary>The next change of an account's health that is told, while time goes by.</summary>
    public async Task<JsonElement> HealthToldAsync()
    {
        var told = Health.Reader.ReadAsync(Patience.Token()).AsTask();
        while (!told.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(3));
            await Task.WhenAny(told, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        return JsonElement.Parse((await told).Health);
    }

    public Task ActiveAsync(AccountActive active) => HandleAsync<AccountActive, AccountActiveHandler>(active);

    public Task EraseAsync(EraseData command) => HandleAsync<EraseData, EraseDataHandler>(command);

    public Task ProveAsync(ProveAccess question) => HandleAsync<ProveAccess, ProveAccessHandler>(question);

    private Task HandleAsync<T, THandler>(params T[] messages)
        where THandler : IMessageHandler<SenderDbContext, T> =>
        Services.GetRequiredService<IUnitOfWork<SenderDbContext>>().ExecuteAsync(scope =>
            Services.GetRequiredService<THandler>().HandleAsync(
                scope, [.. messages.Select((message, index) => new BusItem<T>($"test-{index}", null, message))]));

    internal sealed class Collector<T>(Channel<T> collected) : IMessageHandler<SenderDbContext, T>
    {
        public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<T>> items)
        {
            foreach (var item in items) collected.Writer.TryWrite(item.Body);
            return Task.CompletedTask;
        }
    }

    private sealed class Callers : ICallerSource
    {
        public ValueTask<Caller?> FindAsync(string credential, CancellationToken cancellationToken) =>
            ValueTask.FromResult(credential switch
        {
            "owner" => new Caller("key_1", CallerKind.Key, "usr_1", false, AccountReach.Of(Account)),
            "stranger" => new Caller("key_2", CallerKind.Key, "usr_2", false, AccountReach.Of(AccountId.Parse("acc_2"))),
            _ => null,
        });
    }
}
