using System.Diagnostics.Metrics;
using System.Net;
using InstaMessenger.Hosting.ApiDocs;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Http.Bodies;
using InstaMessenger.Hosting.Telemetry;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Transforms;

namespace InstaMessenger.UiGateway.Proxy;

/// <summary>
/// Passes requests on to the services, by <see cref="RouteTable"/>. Only the gateway's own process does; standalone has the endpoints
/// itself.
/// </summary>
public static class ProxySetup
{
    private static readonly UpDownCounter<long> OpenStreams = Metrics.Meter.CreateUpDownCounter<long>(
        "gateway.streams.open", "{stream}", "Live streams that this process passes on.");

    /// <summary>
    /// A service that says nothing for this long is given up. A live stream says something every 15 s, and a send answers within 30 s.
    /// </summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>Adds the proxy: section <c>Services</c>.</summary>
    public static void AddProxy(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var clusters = ServiceAddresses.Read(builder.Configuration).Select(service => Cluster(service.Service, service.Addresses)).ToList();
        builder.Services.AddReverseProxy().LoadFromMemory(RouteTable.ToYarp(), clusters)
            .AddTransforms(transforms =>
            {
                transforms.AddRequestTransform(AskBeforeUpload);
                transforms.AddResponseTransform(HoldBack);
            });
        HeadRequests.LeaveOut(builder.Services);
        builder.Services.AddSingleton<IActiveHealthCheckPolicy, ServiceReadiness>();
        builder.Services.AddSingleton<ServiceAttempts>();
        WholeDocument.Add(builder.Services);
        builder.Services.AddHealthChecks().AddCheck<ServicesCheck>("services");
        // Their lines are stack traces, one for each request and each probe; ServiceAttempts and ServiceReadiness say the same in one line.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder", LogLevel.None).AddFilter("Yarp.ReverseProxy.Health", LogLevel.None);
    }

    /// <summary>Maps the routes, and 404 for all that none of them names.</summary>
    public static void MapProxy(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var attempts = app.Services.GetRequiredService<ServiceAttempts>();
        // It skips authentication and authorization, which the service does, and YARP's own choice among destinations, which
        // ServiceAttempts makes. Otherwise each of ten thousand open streams would hold their objects, 3 KB, for as long as it lives.
        app.MapReverseProxy(proxy => proxy.UseStatusCodePages().Use(KeepStreamsComingAsync).Use(attempts.ForwardAsync)).ShortCircuit();
        app.MapMethods(ApiDocSetup.Path, [HttpMethods.Get, HttpMethods.Head], WholeDocument.HandleAsync).AllowAnonymous();
        // Not MapFallback: what the build makes of it leaves out paths that look like files.
        app.Map("{**path}", () => Problems.NotFound("page")).WithOrder(int.MaxValue).AllowAnonymous();
    }

    /// <summary>
    /// Asks the service by the head of an upload whether it wants the body. A client that made its credential up is then refused at once;
    /// otherwise its answer would wait until the body is through, for which an upload has many minutes.
    /// </summary>
    private static ValueTask AskBeforeUpload(RequestTransformContext request)
    {
        if (UploadRequest.Is(request.HttpContext.Request)) request.ProxyRequest.Headers.ExpectContinue = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>Holds back the body of an answer that a browser's stream does not get to see.</summary>
    private static ValueTask HoldBack(ResponseTransformContext answer)
    {
        if (EventStreamRetry.Asks(answer.HttpContext.Request) && EventStreamRetry.Passes(answer.HttpContext.Response.StatusCode))
            answer.SuppressResponseBody = true;
        return ValueTask.CompletedTask;
    }

    private static async Task KeepStreamsComingAsync(HttpContext context, RequestDelegate next)
    {
        var isStream = context.Request.Path.StartsWithSegments("/api/v1/events/stream", StringComparison.OrdinalIgnoreCase);
        if (isStream) OpenStreams.Add(1);
        try
        {
            await next(context);
        }
        finally
        {
            if (isStream) OpenStreams.Add(-1);
        }

        if (!context.Response.HasStarted && EventStreamRetry.Passes(context.Response.StatusCode) && EventStreamRetry.Asks(context.Request))
            await EventStreamRetry.AnswerAsync(context);
    }

    private static ClusterConfig Cluster(string service, IReadOnlyList<Uri> addresses) => new()
    {
        ClusterId = service,
        HealthCheck = ServiceReadiness.Config,
        Destinations = addresses.ToDictionary(
            address => address.Authority, address => new DestinationConfig { Address = address.ToString() }),
        HttpRequest = new ForwarderRequestConfig
        {
            ActivityTimeout = Silence,
            // Without TLS there is nothing to agree on HTTP/2 with; a stream takes a connection of its own.
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            // Each event of a live stream goes out as it comes.
            AllowResponseBuffering = false,
        },
    };
}
