using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using InstaMessenger.Hosting.Logs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// <c>X-Request-Id</c>: the client's own name for a request when it is a harmless word, else one of ours. It is in the answer, in every log
/// line of the request and in what the gateway passes on, so that a client, the gateway and a service speak of the same thing.
/// </summary>
internal sealed class RequestId(RequestDelegate next, ILogger<RequestId> logger)
{
    /// <summary>The header, in and out.</summary>
    public const string Header = "X-Request-Id";

    private const int Longest = 64;
    private const int OwnBytes = 10;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Runs in front of everything, so that what is refused has its id as well.</summary>
    public static Action<IApplicationBuilder> InFrontOf(Action<IApplicationBuilder> pipeline) =>
        app => pipeline(app.UseMiddleware<RequestId>());

    public async Task InvokeAsync(HttpContext context)
    {
        var id = IsHarmless(context.Request.Headers[Header], out var given)
            ? given
            : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(OwnBytes));
        var scope = new Scope(id, context.Response);
        // Whoever reads the header, here or in a service behind the gateway, gets this id: never the client's text unchecked.
        context.Request.Headers[Header] = id;
        // Set when the answer starts: an error handler clears what was set before, and a proxied answer brings the service's.
        context.Response.OnStarting(static state => ((Scope)state).AnswerAsync(), scope);
        using (logger.BeginScope(scope)) await next(context);
    }

    /// <summary>
    /// Whether it is one value of letters, digits, dots, dashes and underscores: nothing that could end a header or a line, or mean
    /// something to a program that shows it.
    /// </summary>
    private static bool IsHarmless(StringValues header, [NotNullWhen(true)] out string? id)
    {
        id = header.Count == 1 ? header[0] : null;
        return id is { Length: > 0 and <= Longest } && !id.AsSpan().ContainsAnyExcept(Allowed);
    }

    /// <summary>A list, because other log formats show a scope that way.</summary>
    private sealed class Scope(string id, HttpResponse response) : IRequestScope, IReadOnlyList<KeyValuePair<string, object?>>
    {
        string IRequestScope.RequestId => id;

        public int Count => 1;

        public KeyValuePair<string, object?> this[int index] => new(nameof(RequestId), id);

        public Task AnswerAsync()
        {
            response.Headers[Header] = id;
            return Task.CompletedTask;
        }

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return this[0];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Registered before all other start-up filters, it is in front of them.</summary>
    internal sealed class InFront : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => InFrontOf(next);
    }
}
