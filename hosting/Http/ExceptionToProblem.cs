using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Http.Bodies;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.Hosting.Http;

/// <summary>What an endpoint throws becomes a problem: 503 when the database is away, 4xx for a request that cannot be read.</summary>
internal sealed class ExceptionToProblem : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (DatabaseErrors.IsUnavailable(exception))
        {
            if (EventStreamRetry.Asks(httpContext.Request))
            {
                await EventStreamRetry.AnswerAsync(httpContext);
                return true;
            }

            httpContext.Response.Headers.RetryAfter = "1";
            var kept = exception is DatabaseUnavailableException { MayBeKept: true } ? "the request may have been kept" : "nothing was kept";
            await Problems.Of(StatusCodes.Status503ServiceUnavailable, "database_unavailable", $"The database takes no request just now; {kept}. Try again.")
                .ExecuteAsync(httpContext);
            return true;
        }

        if (exception is BodyRefusedException refused)
        {
            httpContext.Response.Headers.Connection = "close";
            await Problems.Of(refused.StatusCode, Problems.CodeOf(refused.StatusCode), refused.Message).ExecuteAsync(httpContext);
            return true;
        }

        if (exception is BadHttpRequestException bad)
        {
            await Problems.Of(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "payload_too_large" : "bad_request", "The request cannot be read: malformed JSON, a wrong type, or an id that is none.")
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
}
