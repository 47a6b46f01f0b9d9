using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// Answers HEAD wherever there is GET: with the same status and headers, and without a body, which Kestrel leaves out of every answer to a
/// HEAD, whatever it is handled as. A live stream has no end, and so no HEAD.
/// </summary>
public sealed class HeadRequests : IStartupFilter
{
    private const string Stream = "/api/v1/events/stream";

    /// <summary>Takes it out of a process that passes HEAD on to others, which answer it.</summary>
    public static void LeaveOut(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.FirstOrDefault(service => service.ImplementationType == typeof(HeadRequests)) is { } added) services.Remove(added);
    }

    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // In front of routing, which would answer 405.
        app.Use((context, rest) =>
        {
            var request = context.Request;
            if (HttpMethods.IsHead(request.Method) && !request.Path.StartsWithSegments(Stream, StringComparison.OrdinalIgnoreCase))
                request.Method = HttpMethods.Get;
            return rest(context);
        });
        next(app);
    };
}
