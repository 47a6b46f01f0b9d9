using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// Answers a browser's live stream while there is none to be had. An <c>EventSource</c> comes again after a stream that ends and gives up
/// for good after any status but 200: one restart of the store, answered 502, left every open inbox deaf until somebody reloaded the page.
/// </summary>
public static class EventStreamRetry
{
    private const string MediaType = "text/event-stream";
    private const int SoonestMilliseconds = 1_000;
    private const int LatestMilliseconds = 5_000;

    /// <summary>
    /// Whether a request asks for a stream as browsers do, by its <c>Accept</c> header. Other clients that send it know the rule; a request
    /// without it gets the status itself.
    /// </summary>
    /// <param name="request">Any request.</param>
    /// <returns>True when the request asks for one.</returns>
    public static bool Asks(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return HttpMethods.IsGet(request.Method)
            && request.Headers.Accept.ToString().Contains(MediaType, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a status is temporary, so that the client is right to come again.</summary>
    /// <returns>True for 429, 502, 503 and 504.</returns>
    public static bool Passes(int status) => status is StatusCodes.Status429TooManyRequests
        or StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout;

    /// <summary>Answers 200 with a stream that says when to come again, and ends. The client keeps its place in the log.</summary>
    /// <param name="context">A request that <see cref="Asks"/>, not answered yet.</param>
    /// <returns>Completes once it is written.</returns>
    public static Task AnswerAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.Headers.Remove(HeaderNames.ContentLength);
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        // It also says that this 200 is none, to whoever passes the answer on: it proves nothing about the credential.
        response.Headers.RetryAfter = "1";
        // A random wait: thousands of clients were cut off together and must not all come back at once.
        var wait = Random.Shared.Next(SoonestMilliseconds, LatestMilliseconds);
        return response.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $": not available just now\nretry: {wait}\n\n"), context.RequestAborted);
    }
}
