using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Idempotency;

/// <summary>Marks an endpoint that heeds <c>Idempotency-Key</c>.</summary>
public sealed class IdempotentCall
{
    internal static readonly IdempotentCall Instance = new();

    private IdempotentCall()
    {
    }
}

/// <summary>
/// Declares that endpoints heed <c>Idempotency-Key</c>. Each POST that makes something must, and a test names one that does not.
/// </summary>
public static partial class IdempotentSetup
{
    /// <summary>
    /// Answers the same request with the same key as before: its handler takes a <see cref="KeyedRequest"/> and keeps its answer.
    /// </summary>
    /// <typeparam name="TContext">The database in which the handler does its work.</typeparam>
    /// <returns>The same endpoint.</returns>
    public static RouteHandlerBuilder Idempotent<TContext>(this RouteHandlerBuilder endpoint)
        where TContext : ServiceDbContext
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        // In front of all other filters, since a repeat is neither recorded nor looked at again.
        endpoint.Add(builder => builder.FilterFactories.Insert(
            0, (_, next) => invocation => AnswerAsync<TContext>(invocation, next)));
        return endpoint.KeepsItsAnswers();
    }

    /// <summary>Says that an endpoint heeds the header by itself.</summary>
    /// <returns>The same endpoint.</returns>
    public static RouteHandlerBuilder KeepsItsAnswers(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(IdempotentCall.Instance)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async ValueTask<object?> AnswerAsync<TContext>(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
        where TContext : ServiceDbContext
    {
        var context = invocation.HttpContext;
        if (!context.Request.Headers.ContainsKey(KeyedRequest.Header)) return await next(invocation);
        var keyed = context.Features.Get<KeyedRequest>()
            ?? throw new InvalidOperationException("This endpoint heeds Idempotency-Key and does not take the KeyedRequest.");
        if (keyed.Fault is { } fault) return fault;
        // Whoever reads the body by himself says himself what it was, and looks himself.
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } body)
        {
            keyed.Is(invocation.Arguments.FirstOrDefault(argument => argument?.GetType() == body), body);
        }

        var services = context.RequestServices;
        var isRead = context.Request.HasFormContentType;
        if (!isRead)
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<TContext>>()
                .CreateDbContextAsync(context.RequestAborted);
            if (await keyed.AnsweredAsync(db) is { } before) return before;
        }

        object? result;
        try
        {
            result = await next(invocation);
        }
        catch (KeyMetException)
        {
            result = InProgress();
        }

        if (KeyedRequest.Succeeded(result, out _))
        {
            if (!keyed.IsKept) LogForgotten(services.GetRequiredService<ILogger<KeyedRequest>>(), context.GetEndpoint()?.DisplayName);
            return result;
        }

        // It was refused, perhaps because the first request with the key has done it meanwhile. A unit sees what others have committed,
        // and on SQLite what is committed with it.
        return await services.GetRequiredService<IUnitOfWork<TContext>>()
            .ExecuteAsync(scope => keyed.AnsweredAsync(scope.Db), context.RequestAborted) ?? result;
    }

    private static ProblemHttpResult InProgress() => Problems.Of(
        StatusCodes.Status409Conflict, "idempotency_in_progress", "The first request with this key is still under way. Ask again.");

    [LoggerMessage(
        EventName = "idempotency.forgotten",
        Level = LogLevel.Error,
        Message = "{Endpoint} has done its work and kept no answer for the request's key: this is a bug")]
    private static partial void LogForgotten(ILogger logger, string? endpoint);
}
