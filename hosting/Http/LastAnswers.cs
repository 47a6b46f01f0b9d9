using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// Asks clients for a new connection once the process was told to stop. A client that keeps its connection would send its next request into
/// the moment in which the door closes, and would be told of a cut connection without knowing what became of the request.
/// </summary>
internal sealed class LastAnswers : IStartupFilter
{
    /// <summary>Runs in front of everything: also what is refused or proxied tells its client.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        var stopping = app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        app.Use((context, rest) =>
        {
            // HTTP/2 has no such header; there the server says it by itself.
            if (stopping.IsCancellationRequested && HttpProtocol.IsHttp11(context.Request.Protocol))
                context.Response.OnStarting(Close, context.Response);
            return rest(context);
        });
        next(app);
    };

    private static Task Close(object response)
    {
        ((HttpResponse)response).Headers.Connection = "close";
        return Task.CompletedTask;
    }
}
