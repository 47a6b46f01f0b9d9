using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Tests.Shared;
using MassTransit.Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using EventId = InstaMessenger.Contracts.Ids.EventId;

namespace InstaMessenger.Tests.CrmForwarder;

/// <summary>The whole forwarder on SQLite with the in-process bus and a clock that the test moves.</summary>
internal sealed class ForwarderHost : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly WebApplication _app;
    private readonly string _directory;
    private readonly LogSink _log;
    private long _sequence;

    private ForwarderHost(WebApplication app, string directory, FakeTimeProvider clock, LogSink log) =>
        (_app, _directory, Clock, _log) = (app, directory, clock, log);

    public FakeTimeProvider Clock { get; }

    /// <summary>What it has erased.</summary>
    public ChannelReader<DataErased> Erased => Services.GetRequiredService<ErasedReports>().All.Reader;

    public IServiceProvider Services => _app.Services;

    /// <summary>Answers what the forwarder asks of the store.</summary>
    public StoreStandIn Store => Services.GetRequiredService<StoreStandIn>();

    public static async Task<ForwarderHost> StartAsync(
        string directory,
        bool allowPrivate = true,
        FakeTimeProvider? clock = null,
        Action<IServiceCollection>? change = null,
        string? database = null,
        string? mirror = null)
    {
        if (database is null) FreshDatabases.PutCrmForwarder(directory);
        clock ??= new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Data:Directory"] = directory,
            ["Secrets:MasterKey"] = Convert.ToBase64String(SHA256.HashData("a key for tests"u8)),
            ["ConnectionStrings:CrmForwarder"] = database,
            ["ConnectionStrings:CrmMirror"] = mirror,
            ["Outbound:AllowPrivateAddresses"] = allowPrivate.ToString(),
        });
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<ICallerSource, CallerPerAccount>();
        builder.AddServiceDefaults("crm-forwarder", 0);
        builder.AddCrmForwarder();
        builder.Services.AddSingleton<ErasedReports>();
        builder.Services.AddMessageHandler<CrmForwarderDbContext, DataErased, ErasedReports>("store.data-erased");
        builder.Services.AddSingleton<StoreStandIn>();
        builder.Services.AddMessageHandler<CrmForwarderDbContext, ReadEvents, StoreStandIn>("store.read-events");
        builder.Services.AddMessageHandler<CrmForwarderDbContext, CheckReach, StoreStandIn>("store.check-reach");
        builder.Services.AddMessageHandler<CrmForwarderDbContext, ActionTaken, StoreStandIn>("store.action-taken");
        change?.Invoke(builder.Services);
        builder.AddBus();
        var log = new LogSink();
        builder.Logging.ClearProviders().AddProvider(log).AddFilter("InstaMessenger.CrmForwarder", LogLevel.Debug);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapCrmForwarder();
        await app.StartAsync();
        return new ForwarderHost(app, directory, clock, log);
    }

    public Task LinkAsync(AccountId account, string? url, long version = 1, string? secret = Secret, bool unlinked = false) =>
        PublishAsync(new AccountChanged(
        account,
        version,
        InstagramAccountId.Parse("17841400000000000"),
        LoginType.Instagram,
        null,
        url,
        secret is null ? null : Services.GetRequiredService<SecretProtector>().Protect(SecretPurpose.WebhookSecret, account, secret),
        unlinked));

    public InboxEvent Event(AccountId account, string? conversation = null, long version = 1)
    {
        var (sequence, id) = (++_sequence, EventId.New(Clock));
        var made = new InboxEvent(
            sequence, id, "message.received", account, version, conversation is null ? null : ConversationId.Parse(conversation),
            Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","sequence":{{sequence}},"text":"käse 🧀"}"""));
        Store.Append(made, Clock.GetUtcNow());
        return made;
    }

    /// <summary>Publishes a bundle; returns once it is committed.</summary>
    public Task PublishAsync<T>(params T[] messages) => PublishTracedAsync(null, messages);

    public Task PublishTracedAsync<T>(string? traceParent, T[] messages) => Services.GetRequiredService<IMediator>().Publish(
        new Bundle<T>([.. messages.Select((message, index) => new BusItem<T>($"item-{index}", traceParent, message))]));

    /// <summary>Moves the clock, and wakes the worker as its next sweep would.</summary>
    public void Advance(TimeSpan time, params AccountId[] accounts)
    {
        Clock.Advance(time);
        Services.GetRequiredService<DeliveryMailbox>().NewDeliveries([.. accounts.Select(WebhookEndpoint.IdOf)]);
    }

    /// <summary>What the log lines of that name say, of all until now.</summary>
    public IReadOnlyList<string> LinesOf(string name) => [.. _log.Lines.Where(line => line.Name == name).Select(line => line.Text)];

    /// <summary>Awaits the next log line of that name; others before it are passed over.</summary>
    public async Task LoggedAsync(string name, int times = 1)
    {
        while (times > 0)
        {
            if (await _log.Names.ReadAsync().AsTask().WaitAsync(Patience.Long) == name) times--;
        }
    }

    /// <summary>Awaits log lines of these names, in any order; others are passed over.</summary>
    public async Task LoggedAsync(params string[] names)
    {
        var missing = names.ToList();
        while (missing.Count > 0) missing.Remove(await _log.Names.ReadAsync().AsTask().WaitAsync(Patience.Long));
    }

    /// <summary>Moves the clock on, step by step, until that line is logged.</summary>
    public Task AdvanceUntilLoggedAsync(string name, TimeSpan step) => AdvanceUntilAsync(LoggedAsync(name, times: 1), step);

    /// <summary>
    /// Moves the clock on, step by step, until the task has ended. Steps of seconds let a post under way time out on a busy machine, and it
    /// is posted again: who counts posts jumps before they begin, and steps by less.
    /// </summary>
    public async Task AdvanceUntilAsync(Task done, TimeSpan step)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!done.IsCompleted)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience.Long)
                throw new TimeoutException("It did not come, however far the clock went.");
            Clock.Advance(step);
            await Task.WhenAny(done, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System));
        }

        await done;
    }

    public async Task<T> ReadAsync<T>(Func<CrmForwarderDbContext, Task<T>> read)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<CrmForwarderDbContext>>().CreateDbContextAsync();
        return await read(db);
    }

    public Task WriteAsync(Action<CrmForwarderDbContext> write) =>
        Services.GetRequiredService<IUnitOfWork<CrmForwarderDbContext>>().ExecuteAsync(scope =>
    {
        write(scope.Db);
        return Task.CompletedTask;
    });

    public Task<Delivery> OnlyDeliveryAsync() => ReadAsync(db => db.Deliveries.SingleAsync());

    /// <summary>Calls the API as somebody who sees one account, or all of them.</summary>
    public HttpClient Client(AccountId? account)
    {
        var http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", account?.Value ?? "admin");
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        SqlitePools.Clear(_directory);
    }

    /// <summary>The credential is the account that its owner sees.</summary>
    private sealed class CallerPerAccount : ICallerSource
    {
        public ValueTask<Caller?> FindAsync(string credential, CancellationToken cancellationToken) => ValueTask.FromResult<Caller?>(
            AccountId.TryParse(credential, out var account)
                ? new Caller("usr_1", CallerKind.User, "usr_1", IsAdmin: false, AccountReach.Of(account))
                : new Caller("usr_0", CallerKind.User, "usr_0", IsAdmin: true, AccountReach.All));
    }

    private sealed class LogSink : ILoggerProvider, ILogger
    {
        private readonly Channel<string> _names = Channel.CreateUnbounded<string>();

        public ChannelReader<string> Names => _names.Reader;

        public ConcurrentQueue<(string Name, string Text)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            Microsoft.Extensions.Logging.EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            Lines.Enqueue((eventId.Name ?? "", formatter(state, exception)));
            _names.Writer.TryWrite(eventId.Name ?? "");
        }

        public void Dispose()
        {
        }
    }

    private sealed class ErasedReports : IMessageHandler<CrmForwarderDbContext, DataErased>
    {
        public Channel<DataErased> All { get; } = Channel.CreateUnbounded<DataErased>();

        public Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<DataErased>> items)
        {
            foreach (var item in items) All.Writer.TryWrite(item.Body);
            return Task.CompletedTask;
        }
    }
}
