using System.Collections.Concurrent;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace InstaMessenger.UiGateway.Proxy;

/// <summary>
/// Chooses among the processes of a service, and tries another one when that is safe: nothing of the request was sent, or it may be
/// repeated. As long as there is a second process, clients do not notice that one was killed.
/// </summary>
internal sealed partial class ServiceAttempts(IDestinationHealthUpdater health, TimeProvider clock, ILogger<ServiceAttempts> logger)
{
    /// <summary>A larger body, or one of unknown length, is not kept for a second attempt.</summary>
    private const int MostKept = 64 * 1024;

    /// <summary>
    /// A process that refuses a connection is left alone for this long; the health check, once a second, has its own view.
    /// </summary>
    private static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _reportedAt = new();

    public async Task ForwardAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var left = proxy.AvailableDestinations;
        if (left.Count < 2)
        {
            await next(context);
            if (context.GetForwarderErrorFeature() is { } failure) Report(proxy, failure);
            return;
        }

        var mayRepeat = MayRepeat(context.Request);
        if (mayRepeat && context.Request.ContentLength > 0) context.Request.EnableBuffering(MostKept);
        while (true)
        {
            var chosen = Choose(left);
            proxy.AvailableDestinations = chosen;
            await next(context);
            if (context.GetForwarderErrorFeature() is not { } failure) return;

            Report(proxy, failure);
            var unsent = failure.Exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
        };
            if (unsent && proxy.Route.Cluster is { } cluster) health.SetPassive(cluster, chosen, DestinationHealth.Unhealthy, LeftAlone);
            left = [.. left.Where(destination => destination != chosen)];
            if (left.Count == 0 || !(unsent || (mayRepeat && IsTheServices(failure.Error))) || context.Response.HasStarted
                || context.RequestAborted.IsCancellationRequested) return;
            Reset(context);
        }
    }

    /// <summary>
    /// Whether a request may be repeated: reads; webhooks, which the store recognises when they come twice; and what carries an
    /// <c>Idempotency-Key</c>, for which a service repeats its first answer, unless what is asked for is the same when it is done twice.
    /// </summary>
    private static bool MayRepeat(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return true;
        return request.ContentLength is <= MostKept
            && (request.Headers.ContainsKey("Idempotency-Key")
                || request.Path.StartsWithSegments("/webhooks/instagram", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Whether the service broke the connection. Its silence for a minute is not that, and neither is a client that left.
    /// </summary>
    private static bool IsTheServices(ForwarderError error) => error is ForwarderError.Request or ForwarderError.RequestBodyDestination;

    /// <summary>Picks two at random and takes the one with less to do: that spreads streams, which last for hours, evenly.</summary>
    private static DestinationState Choose(IReadOnlyList<DestinationState> destinations)
    {
        var (one, other) = (destinations[Random.Shared.Next(destinations.Count)], destinations[Random.Shared.Next(destinations.Count)]);
        return one.ConcurrentRequestCount <= other.ConcurrentRequestCount ? one : other;
    }

    private static void Reset(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Features.Set<IForwarderErrorFeature>(null);
        if (context.Request.Body.CanSeek) context.Request.Body.Position = 0;
    }

    /// <summary>Reports a failure in one line, at most one a minute for each process: a service that is away fails every request.</summary>
    private void Report(IReverseProxyFeature proxy, IForwarderErrorFeature failure)
    {
        if (!IsTheServices(failure.Error) && failure.Error != ForwarderError.RequestTimedOut) return;
        var (service, process) = (proxy.Route.Config.ClusterId ?? "", proxy.ProxiedDestination?.DestinationId ?? "none");
        var now = clock.GetTimestamp();
        if (_reportedAt.TryGetValue(process, out var at) && clock.GetElapsedTime(at, now) < ReportEvery) return;
        _reportedAt[process] = now;
        LogFailed(logger, service, process, failure.Error, failure.Exception?.GetBaseException().Message);
    }

    [LoggerMessage(
        EventName = "proxy.failed", Level = LogLevel.Warning, Message = "{Service} at {Process} did not answer: {Error} ({Reason})")]
    private static partial void LogFailed(ILogger logger, string service, string process, ForwarderError error, string? reason);
}
