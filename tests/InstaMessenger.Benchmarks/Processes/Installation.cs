using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using InstaMessenger.Benchmarks.Load;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Benchmarks.Processes;

/// <summary>
/// A running InstaMessenger with empty data: standalone, or the five services on RabbitMQ, one of each or several. Signed in as its admin.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    private const string Password = "benchmark-Password-1";
    private static readonly string SomeKey = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(n => (byte)n)]);

    private readonly GraphReceiver? _graph;

    private Installation(
        IReadOnlyList<ProcessUnderTest> processes,
        IReadOnlyList<ProcessUnderTest> webhooks,
        ProcessUnderTest api,
        GraphReceiver? graph)
    {
        _graph = graph;
        (Processes, Webhooks) = (processes, [.. webhooks.Select(process => process.EndPoint)]);
        Http = new HttpClient { BaseAddress = api.Address };
    }

    public IReadOnlyList<ProcessUnderTest> Processes { get; }

    /// <summary>Where Meta's posts go: in the split form to ingress itself, so that the row measures it and not YARP.</summary>
    public IReadOnlyList<IPEndPoint> Webhooks { get; }

    /// <summary>For the API, at the public door.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts one process.</summary>
    /// <param name="folder">For its data.</param>
    /// <param name="graph">Where it sends to; null for one that knows accounts alone.</param>
    public static async Task<Installation> StandaloneAsync(string folder, Uri? graph)
    {
        var own = graph is null ? await GraphReceiver.StartAsync(knowsAccountsAlone: true) : null;
        var process = await ProcessUnderTest.StartAsync("Standalone", folder, Settings(folder, graph: graph ?? own!.Address));
        return await SignedInAsync(new Installation([process], [process], process, own));
    }

    public static Task<Installation> StandaloneAsync(string folder) => StandaloneAsync(folder, graph: null);

    /// <summary>Starts one process on databases of a server.</summary>
    /// <param name="folder">For its keys and its journal.</param>
    /// <param name="databases">A connection string for each of <c>Store</c>, <c>Sender</c> and <c>CrmForwarder</c>.</param>
    public static async Task<Installation> StandaloneAsync(string folder, IReadOnlyDictionary<string, string> databases)
    {
        var graph = await GraphReceiver.StartAsync(knowsAccountsAlone: true);
        var settings = Settings(folder, graph: graph.Address);
        foreach (var (service, database) in databases) settings["ConnectionStrings__" + service] = database;
        var process = await ProcessUnderTest.StartAsync("Standalone", folder, settings);
        return await SignedInAsync(new Installation([process], [process], process, graph));
    }

    public static Task<ProcessUnderTest> StartStandaloneAsync(string folder) =>
        ProcessUnderTest.StartAsync("Standalone", folder, Settings(folder));

    public static Task<ProcessUnderTest> StartIngressAsync(string folder, string broker) =>
        ProcessUnderTest.StartAsync("Ingress", folder, Settings(folder, broker));

    /// <summary>Starts each service.</summary>
    /// <param name="folder">For the data of all.</param>
    /// <param name="broker">A virtual host of their own.</param>
    /// <param name="mariaDb">Where each kind keeps its data; null for SQLite files.</param>
    /// <param name="copies">Processes of each kind; more than one needs MariaDB. The first of each know one another, and so on.</param>
    public static async Task<Installation> FiveServicesAsync(string folder, string broker, MariaDb? mariaDb = null, int copies = 1)
    {
        var projects = new[] { "Ingress", "Store", "Sender", "CrmForwarder", "UiGateway" };
        var databases = new Dictionary<string, string>();
        foreach (var project in mariaDb is null ? [] : projects[1..4]) databases[project] = await mariaDb!.NewDatabaseAsync();
        var processes = new List<ProcessUnderTest>();
        var graph = await GraphReceiver.StartAsync(knowsAccountsAlone: true);
        for (var copy = 0; copy < copies; copy++)
        {
            var ports = projects.ToDictionary(project => project, _ => FreePort.Take());
            processes.AddRange(await Task.WhenAll(projects.Select(project =>
            {
                var own = Directory.CreateDirectory(Path.Combine(folder, $"{project}{copy}")).FullName;
                var settings = Settings(own, broker, graph.Address);
                settings["Secrets__KeyDirectory"] = Path.Combine(folder, "keys");
                if (databases.TryGetValue(project, out var database)) settings["ConnectionStrings__" + project] = database;
                // Nobody asks the gateway.
                foreach (var service in projects[..4]) settings["Services__" + service] = $"http://127.0.0.1:{ports[service]}";
                return ProcessUnderTest.StartAsync(project, own, settings, port: ports[project]);
            })));
        }

        var webhooks = processes.FindAll(process => process.Name == "Ingress");
        return await SignedInAsync(new Installation(processes, webhooks, processes[^1], graph));
    }

    public ProcessUnderTest Process(string name) => Processes.Single(process => process.Name == name);

    /// <summary>Links an account, whose events go to <paramref name="crm"/>.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> LinkAsync(string instagramAccountId, Uri? crm)
    {
        using var response = await Http.PostAsJsonAsync("/api/v1/accounts", new Dictionary<string, string?>
        {
            ["instagram_account_id"] = instagramAccountId,
            ["messaging_channel_id"] = instagramAccountId,
            ["username"] = "bench_" + instagramAccountId[^4..],
            ["access_token"] = GraphReceiver.TokenOf(instagramAccountId),
            ["login_type"] = "instagram",
            ["crm_webhook_url"] = crm?.ToString(),
            ["webhook_secret"] = crm is null ? null : "benchmark_webhook_secret",
        });
        return (await ReadAsync(response)).GetProperty("id").GetString()!;
    }

    /// <summary>An account's health.</summary>
    public async Task<JsonElement> HealthAsync(string account)
    {
        using var response = await Http.GetAsync($"/api/v1/accounts/{account}/health");
        return await ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var process in Processes) await process.DisposeAsync();
        if (_graph is not null) await _graph.DisposeAsync();
    }

    /// <summary>The settings of every process. What is not here is as it is delivered, logs included.</summary>
    private static Dictionary<string, string?> Settings(string folder, string? broker = null, Uri? graph = null) => new()
    {
        ["Data__Directory"] = Path.Combine(folder, "data"),
        ["ConnectionStrings__RabbitMq"] = broker,
        ["Secrets__MasterKey"] = SomeKey,
        ["Jwt__SigningKeys__0"] = SomeKey,
        ["Bootstrap__AdminUsername"] = "admin",
        ["Bootstrap__AdminPassword"] = Password,
        ["Instagram__Apps__0__AppId"] = "1",
        ["Instagram__Apps__0__AppSecret"] = WebhookRequests.AppSecret,
        ["Instagram__Apps__0__VerifyToken"] = "benchmark",
        // Nobody listens there unless a row needs an account.
        ["Instagram__GraphBaseUrl"] = graph?.ToString() ?? "http://127.0.0.1:9",
        ["Outbound__AllowPrivateAddresses"] = "true",
        // The whole load comes from one client; what limits one must not limit the measurement.
        ["RateLimits__PerKeyPerSecond"] = "1000000",
        ["RateLimits__PerKeyBurst"] = "1000000",
        ["RateLimits__PerAddressPerSecond"] = "1000000",
        ["RateLimits__PerAddressBurst"] = "1000000",
    };

    private static async Task<Installation> SignedInAsync(Installation installation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ui/session");
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + Password)));
        using var response = await installation.Http.SendAsync(request);
        var token = (await ReadAsync(response)).GetProperty("token").GetString();
        installation.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return installation;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {body}");
        return JsonSerializer.Deserialize<JsonElement>(body);
    }
}
