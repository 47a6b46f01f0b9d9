namespace InstaMessenger.UiGateway.Edge;

/// <summary>
/// Puts the edge in front of the whole pipeline, in one order. It is a start-up filter, so that it cannot be forgotten or put behind the
/// authentication, where a stranger's requests would reach the database unlimited.
/// </summary>
internal sealed class EdgePipeline(ProvenCredentials proven, RateLimitHeaders limits) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(SecurityHeaders.AddAsync);
        app.Use(limits.AddAsync);
        app.Use(RateLimits.LimitAsync);
        app.Use(proven.WatchAsync);
        app.Use(RequestSizes.LimitAsync);
        Compression.Use(app);
        next(app);
    };
}
