using InstaMessenger.Hosting;
using InstaMessenger.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Tests;

/// <summary>A service in this process: real Kestrel on a free port, real files in a folder of its own.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    private static readonly string Key = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(n => (byte)n)]);

    private readonly WatchersTime _watchers;

    private ServiceUnderTest(WebApplication app, WatchersTime watchers)
    {
        (App, _watchers) = (app, watchers);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public WebApplication App { get; }

    public HttpClient Http { get; }

    /// <summary>Command-line arguments that start a service on a free port with its data in <paramref name="folder"/>.</summary>
    public static string[] Arguments(string folder, params string[] settings) =>
    [
        "--Urls=http://127.0.0.1:0",
        $"--Data:Directory={folder}",
        "--Secrets:MasterKey=" + Key,
        "--Jwt:SigningKeys:0=" + Key,
        "--Instagram:Apps:0:AppId=1", "--Instagram:Apps:0:AppSecret=any_app_secret", "--Instagram:Apps:0:VerifyToken=any_verify_token",
        "--Logging:LogLevel:Default=Critical",
        // The console of the tests shows names and figures. Not without any logger: ASP.NET Core then starts no activity, and there is no
        // trace to follow.
        "--Logging:Console:LogLevel:Default=None", "--Logging:Console:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Critical",
        .. settings.Select(setting => "--" + setting),
    ];

    public static Task<ServiceUnderTest> StartAsync(
        string folder, Action<WebApplicationBuilder> add, Action<WebApplication> map, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(Arguments(folder, settings));
        builder.AddServiceDefaults("test", 0);
        // Its warnings have a filter of the product's own, and each is a stack trace on the console of the tests.
        builder.Logging.AddFilter("Yarp", LogLevel.None);
        add(builder);
        var app = builder.Build();
        app.UseServiceDefaults();
        map(app);
        return StartAsync(app);
    }

    public static async Task<ServiceUnderTest> StartAsync(WebApplication app)
    {
        var watchers = new WatchersTime();
        try
        {
            app.Services.GetRequiredService<Readiness>().WatchersTime = watchers;
            await app.StartAsync();
            return new ServiceUnderTest(app, watchers);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>As an orchestrator stops it: it goes on serving until whoever asked for its readiness has seen that it stops.</summary>
    public Task StopAsync() => App.StopAsync();

    /// <summary>Ends it at once: a test that asked for the readiness watches no more.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _watchers.Leave();
        await App.StopAsync();
        await App.DisposeAsync();
    }

    /// <summary>Real time, until those who watch the readiness have left: then they asked an hour ago.</summary>
    private sealed class WatchersTime : TimeProvider
    {
        private long _later;

        public override long GetTimestamp() => base.GetTimestamp() + Volatile.Read(ref _later);

        public void Leave() => Volatile.Write(ref _later, 3600 * TimestampFrequency);
    }
}
