using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Http.Bodies;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting;

/// <summary>
/// Turns what an endpoint throws into a problem: 503 when the database is away, or the store that knows who is asking; 4xx for a request
/// that cannot be read.
/// </summary>
internal sealed partial class ExceptionToProblem(ILogger<ExceptionToProblem> logger) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (DatabaseErrors.IsUnavailable(exception))
        {
            LogDatabaseAway(logger, exception);
            if (EventStreamRetry.Asks(httpContext.Request))
            {
                await EventStreamRetry.AnswerAsync(httpContext);
                return true;
            }

            httpContext.Response.Headers.RetryAfter = "1";
            var kept = exception is DatabaseUnavailableException { MayBeKept: true }
                ? "the request may have been kept"
                : "nothing was kept";
            await Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                "database_unavailable",
                $"The database takes no request just now; {kept}. Try again.")
                .ExecuteAsync(httpContext);
            return true;
        }

        if (exception is BodyRefusedException refused)
        {
            httpContext.Response.Headers.Connection = "close";
            await Problems.Of(refused.StatusCode, Problems.CodeOf(refused.StatusCode), refused.Message).ExecuteAsync(httpContext);
            return true;
        }

        if (exception is StoreUnavailableException)
        {
            LogStoreAway(logger, exception);
            httpContext.Response.Headers.RetryAfter = "1";
            await Problems.Of(
                StatusCodes.Status503ServiceUnavailable, "store_unavailable", "Who is asking cannot be found out just now. Try again.")
                .ExecuteAsync(httpContext);
            return true;
        }

        if (exception is BadHttpRequestException bad)
        {
            await UnreadableBody.Of(bad, httpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize)
                .ExecuteAsync(httpContext);
            return true;
        }

        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        return false;
    }

    [LoggerMessage(
        EventName = "request.database_unavailable",
        Level = LogLevel.Warning,
        Message = "Requests are answered 503: the database takes none")]
    private static partial void LogDatabaseAway(ILogger logger, Exception error);

    [LoggerMessage(
        EventName = "request.store_unavailable",
        Level = LogLevel.Warning,
        Message = "Requests are answered 503: the store does not say who is asking")]
    private static partial void LogStoreAway(ILogger logger, Exception error);
}
