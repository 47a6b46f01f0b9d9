using InstaMessenger.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Hosting.Http.Bodies;

/// <summary>Puts a deadline and a budget on every request's body, in every process: each door may be the one that strangers find.</summary>
internal sealed class BodyLimits(RequestDelegate next, BodyBudget budget, IOptions<BodyOptions> options, TimeProvider clock)
{
    /// <summary>A client gets this long for its request headers, and then must send at least 1 KiB/s of body.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _deadline = TimeSpan.FromSeconds(options.Value.DeadlineSeconds);

    public static void Add(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.RequestHeadersTimeout = Patience;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: Patience);
        });
        builder.Services.AddSection<BodyOptions>("Bodies");
        builder.Services.AddSingleton<BodyBudget>();
        builder.Services.AddTransient<IStartupFilter, InFront>();
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            await next(context);
            return;
        }

        var deadline = _deadline + UploadRequest.Patience(context.Request);
        // An upload is passed on as it comes, and what was passed on is not held any more.
        var isHeld = !UploadRequest.Is(context.Request);
        var body = new MeteredBody(context, context.Request.BodyReader, budget, clock, deadline, isHeld);
        context.Features.Set<IRequestBodyPipeFeature>(body);
        context.Request.Body = body.AsStream(leaveOpen: true);
        try
        {
            await next(context);
        }
        finally
        {
            body.Release();
        }
    }

    /// <summary>A start-up filter, so that it is in front of short-circuited endpoints too, which the gateway's proxy is made of.</summary>
    private sealed class InFront : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app => next(app.UseMiddleware<BodyLimits>());
    }
}
