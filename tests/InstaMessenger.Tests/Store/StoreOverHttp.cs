using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Store;
using InstaMessenger.Store.Access;
using InstaMessenger.Store.Accounts;
using InstaMessenger.Store.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests.Store;

/// <summary>
/// The whole store over HTTP, on SQLite in a folder of its own, before a bus that takes nothing: what is published stays in the outbox.
/// </summary>
internal sealed class StoreOverHttp : IAsyncDisposable
{
    public const string Admin = "root";
    public const string AdminPassword = "correct: horse";
    public static readonly string SigningKey = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    public static readonly string[] AllScopes = ["read", "send", "manage"];

    public const string AgentPassword = "agent password";

    /// <summary>Hashing at its full cost would be most of what these tests do. The product's own figure has a test of its own.</summary>
    private const int HashIterations = 1_000;

    private static readonly Lazy<string> AgentHash = new(() =>
    {
        using var passwords = new Passwords(HashIterations);
        return passwords.Hash(AgentPassword);
    });

    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private StoreOverHttp(WebApplication app, string folder)
    {
        _app = app;
        Folder = folder;
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public string Folder { get; }

    public IServiceProvider Services => _app.Services;

    public HttpClient Http => _http;

    public static Task<StoreOverHttp> StartAsync(TimeProvider? clock = null, params (string Key, string? Value)[] settings) =>
        StartAsync(_ => { }, clock, settings);

    /// <summary>With a store that is made of other parts.</summary>
    public static async Task<StoreOverHttp> StartAsync(
        Action<IServiceCollection> services, TimeProvider? clock = null, params (string Key, string? Value)[] settings)
    {
        var folder = settings.FirstOrDefault(
            setting => setting.Key == "Data:Directory").Value ?? Directory.CreateTempSubdirectory("store-").FullName;
        FreshDatabases.PutStore(folder);
        var all = new Dictionary<string, string?>
        {
            ["Data:Directory"] = folder,
            ["Secrets:MasterKey"] = SigningKey,
            ["Jwt:SigningKeys:0"] = SigningKey,
            ["Bootstrap:AdminUsername"] = Admin,
            ["Bootstrap:AdminPassword"] = AdminPassword,
        };
        foreach (var (key, value) in settings) all[key] = value;
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(all);
        if (clock is not null) builder.Services.AddSingleton(clock);
        builder.AddServiceDefaults("store", 0);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddStore();
        builder.Services.AddSingleton(_ => new Passwords(HashIterations));
        builder.Services.AddSingleton<IBusPublisher, AbsentBus>().AddSingleton<IMetaQuestions, HonestMeta>();
        services(builder.Services);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapStore();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new StoreOverHttp(app, folder);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        // As a signal of the system does, so that the bus gives up first.
        _app.Lifetime.StopApplication();
        await _app.StopAsync();
        await _app.DisposeAsync();
        SqlitePools.Clear(Folder);
        Directory.Delete(Folder, recursive: true);
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async Task<Answer> CallAsync(HttpMethod method, string path, string? credential = null, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (credential is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + credential);
        if (body is not null) request.Content = JsonContent.Create(body);
        return await SendAsync(request);
    }

    public Task<Answer> GetAsync(string path, string credential) => CallAsync(HttpMethod.Get, path, credential);

    public Task<Answer> PostAsync(string path, string credential, object body) => CallAsync(HttpMethod.Post, path, credential, body);

    public Task<Answer> PatchAsync(string path, string credential, object body) => CallAsync(HttpMethod.Patch, path, credential, body);

    public Task<Answer> DeleteAsync(string path, string credential) => CallAsync(HttpMethod.Delete, path, credential);

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public async Task<Answer> TrySignInAsync(string username, string password, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ui/session");
        request.Headers.TryAddWithoutValidation(
            "Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(username + ":" + password)));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await SendAsync(request);
    }

    /// <summary>Signs in and gives the token.</summary>
    public async Task<string> SignInAsync(string username = Admin, string password = AdminPassword) =>
        (await TrySignInAsync(username, password)).Text("token");

    /// <summary>
    /// A new agent with a session, written past the endpoints: hashing their password each time is most of what these tests would do.
    /// </summary>
    public async Task<(string Id, string Token)> AgentAsync(string username, params string[] accounts)
    {
        var clock = Get<TimeProvider>();
        var agent = User.Create(username, AgentHash.Value, UserRole.Agent, clock);
        var session = new Session { Id = AccessId.New("ses_", clock), UserId = agent.Id, ExpiresAt = clock.GetUtcNow().AddHours(1) };
        await Get<IUnitOfWork<StoreDbContext>>().ExecuteAsync(scope =>
        {
            scope.Db.AddRange(agent, session);
            scope.Db.AddRange(accounts.Select(account => new Membership { UserId = agent.Id, AccountId = AccountId.Parse(account) }));
            return Task.CompletedTask;
        });
        return (agent.Id, Get<SessionTokens>().Issue(session));
    }

    /// <summary>A newly linked account's id.</summary>
    public async Task<string> LinkAsync(string credential, string instagramAccountId) =>
        (await PostAsync("/api/v1/accounts", credential, Link(instagramAccountId))).Text("id");

    public static Dictionary<string, object?> Link(string instagramAccountId, params (string Key, object? Value)[] more)
    {
        var body = new Dictionary<string, object?>
        {
            ["instagram_account_id"] = instagramAccountId,
            ["username"] = "shop",
            ["access_token"] = "IGAA-token",
        };
        foreach (var (key, value) in more) body[key] = value;
        // A channel that is named is one that Meta confirms.
        var channel = body.GetValueOrDefault("messaging_channel_id") as string;
        if (body["access_token"] is string token && token == token.Trim() && token.Length > 0)
            body["access_token"] = $"{token}.{instagramAccountId}" + (channel?.Length > 0 ? $".{channel}" : "");
        return body;
    }

    public async Task<T> ReadAsync<T>(Func<StoreDbContext, Task<T>> read)
    {
        await using var db = await Get<IDbContextFactory<StoreDbContext>>().CreateDbContextAsync();
        return await read(db);
    }

    /// <summary>The messages of a type in the outbox about an account, oldest first.</summary>
    public async Task<List<T>> OutboxAsync<T>(string accountId)
    {
        var rows = await ReadAsync(
            db => db.Set<OutboxMessage>().Where(row => row.Type == typeof(T).Name).OrderBy(row => row.Id).ToListAsync());
        return [.. rows.Where(row => Encoding.UTF8.GetString(row.Body).Contains(accountId, StringComparison.Ordinal))
            .Select(row => JsonSerializer.Deserialize<T>(row.Body, JsonSerializerOptions.Web)!)];
    }

    public Task<List<JsonElement>> EventsAsync(string accountId) => ReadAsync(async db =>
    {
        var id = AccountId.Parse(accountId);
        var rows = await db.Events.Where(row => row.AccountId == id).OrderBy(row => row.Sequence).Select(row => row.Body).ToListAsync();
        return rows.ConvertAll(row => JsonSerializer.Deserialize<JsonElement>(row));
    });

    public string Unprotect(SecretPurpose purpose, string accountId, string? secret) =>
        Get<SecretProtector>().Unprotect(purpose, AccountId.Parse(accountId), secret.ShouldNotBeNull());

    /// <summary>
    /// A broker that is away for ever. It gives up when the store is told to stop: each relay has five seconds for what it has in hand.
    /// </summary>
    private sealed class AbsentBus(IHostApplicationLifetime lifetime) : IBusPublisher
    {
        public bool IsRemote => false;

        public async Task PublishAsync(object bundle, Guid messageId, CancellationToken cancellationToken)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token);
        }
    }
}

/// <summary>An HTTP answer, read whole.</summary>
internal sealed record Answer(int Status, JsonElement Json, string Raw, Dictionary<string, string> Headers)
{
    public string? Code => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var raw = await response.Content.ReadAsStringAsync();
        var headers = response.Headers.ToDictionary(
            header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, raw.Length > 0 ? JsonSerializer.Deserialize<JsonElement>(raw) : default, raw, headers);
    }

    public string Text(string name) => Json.GetProperty(name).GetString().ShouldNotBeNull();

    public bool Has(string name) => Json.TryGetProperty(name, out _);

    /// <summary>The ids of a list.</summary>
    public List<string> Ids() => [.. Json.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

    /// <summary>The fields that a 422 names.</summary>
    public List<string> FaultyFields() => [.. Json.GetProperty("errors").EnumerateObject().Select(field => field.Name)];
}
