using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Audit;

/// <summary>What an endpoint's action is called in the audit log.</summary>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
public sealed record AuditedAction(string Action);

/// <summary>
/// Declares that an endpoint writes into the audit log. Each that needs <c>manage</c> and changes something must, and a test names one that
/// does not.
/// </summary>
public static partial class AuditedSetup
{
    /// <summary>Has the endpoint's action in the audit log; its handler takes an <see cref="AuditTrail"/> and records it.</summary>
    /// <typeparam name="TBuilder">An endpoint.</typeparam>
    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    /// <returns>The same endpoint.</returns>
    public static TBuilder Audited<TBuilder>(this TBuilder endpoint, string action)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AuditedAction(action)).AddEndpointFilter(WatchAsync);

    /// <summary>Reports a handler that has done its work and recorded nothing.</summary>
    private static async ValueTask<object?> WatchAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var result = await next(invocation);
        var answer = result is INestedHttpResult nested ? nested.Result : result;
        if (answer is IStatusCodeHttpResult { StatusCode: >= 200 and < 300 }
            && !invocation.Arguments.OfType<AuditTrail>().Any(trail => trail.IsRecorded))
        {
            var services = invocation.HttpContext.RequestServices;
            var action = invocation.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AuditedAction>()?.Action ?? "";
            LogForgotten(services.GetRequiredService<ILogger<AuditTrail>>(), action);
        }

        return result;
    }

    [LoggerMessage(
        EventName = "audit.forgotten", Level = LogLevel.Error, Message = "{Action} was done and is not in the audit log: this is a bug")]
    private static partial void LogForgotten(ILogger logger, string action);
}
