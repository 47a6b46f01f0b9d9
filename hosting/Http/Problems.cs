using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace InstaMessenger.Hosting.Http;

/// <summary>Errors as RFC 9457 problem details with a stable <c>code</c> and the <c>trace_id</c>.</summary>
public static class Problems
{
    /// <summary>Makes a problem.</summary>
    /// <param name="code">A stable snake_case code.</param>
    /// <param name="detail">A sentence for people: what is wrong and what to do.</param>
    /// <param name="more">Further members, like <c>closed_at</c>.</param>
    /// <returns>The problem, as an endpoint returns it.</returns>
    public static ProblemHttpResult Of(int status, string code, string? detail = null, params (string Name, object? Value)[] more)
    {
        ArgumentNullException.ThrowIfNull(more);
        var problem = new ProblemDetails { Status = status, Detail = detail };
        problem.Extensions["code"] = code;
        foreach (var (name, value) in more) problem.Extensions[name] = value;
        return TypedResults.Problem(problem);
    }

    /// <summary>404 <c>not_found</c>: it is not there, or not the caller's to know of.</summary>
    /// <param name="what">What was looked for, like <c>conversation</c>.</param>
    /// <returns>The problem, as an endpoint returns it.</returns>
    public static ProblemHttpResult NotFound(string what) => Of(StatusCodes.Status404NotFound, "not_found", $"There is no such {what}.");

    /// <summary>422 <c>validation_failed</c>, naming each field and what is wrong with it.</summary>
    /// <param name="errors">Field and sentence.</param>
    /// <returns>The problem, as an endpoint returns it.</returns>
    public static ProblemHttpResult Invalid(params (string Field, string Error)[] errors) =>
        Wrong(StatusCodes.Status422UnprocessableEntity, "validation_failed", "The request is not valid: see errors.", errors);

    /// <summary>400 <c>bad_cursor</c>, naming the parameter or header.</summary>
    /// <param name="name">What was to hold it.</param>
    /// <param name="error">What belongs there.</param>
    /// <returns>The problem, as an endpoint returns it.</returns>
    public static ProblemHttpResult BadCursor(string name, string error) =>
        Wrong(StatusCodes.Status400BadRequest, "bad_cursor", "A cursor cannot be read: see errors.", (name, error));

    /// <summary>A problem that names what is wrong, one by one.</summary>
    /// <param name="code">Stable and snake_case.</param>
    /// <param name="detail">A sentence for people.</param>
    /// <param name="errors">Name and sentence.</param>
    /// <returns>The problem, as an endpoint returns it.</returns>
    public static ProblemHttpResult Wrong(int status, string code, string detail, params (string Name, string Error)[] errors) =>
        Of(status, code, detail, ("errors", errors.GroupBy(e => e.Name).ToDictionary(g => g.Key, g => g.Select(e => e.Error).ToArray())));

    internal static void Customize(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        var status = problem.Status ?? context.HttpContext.Response.StatusCode;
        // The only status of ours whose definition the framework does not know.
        if (status == StatusCodes.Status429TooManyRequests) problem.Type ??= "https://tools.ietf.org/html/rfc6585#section-4";
        problem.Extensions.TryAdd("code", CodeOf(status));
        context.HttpContext.Features.Set(new AnsweredProblem(status, problem.Extensions["code"]?.ToString() ?? CodeOf(status)));
        problem.Extensions["trace_id"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        problem.Extensions.Remove("traceId");
        if (context.HttpContext.Request.Headers[RequestId.Header].ToString() is { Length: > 0 } id) problem.Extensions["request_id"] = id;
        // The framework refuses it before any endpoint could say more.
        if (status == StatusCodes.Status415UnsupportedMediaType)
            problem.Detail ??= "Send application/json, or multipart/form-data where the call takes a file.";
        var headers = context.HttpContext.Response.Headers;
        // RFC 9110 wants it with every 401. Not Basic, at which a browser asks for a password by itself; and Meta's door gives no hint.
        if (status == StatusCodes.Status401Unauthorized
            && !context.HttpContext.Request.Path.StartsWithSegments("/webhooks", StringComparison.OrdinalIgnoreCase))
            headers.WWWAuthenticate = "Bearer";
        // Without a better figure: whatever is away is usually back within seconds.
        if (problem.Status == StatusCodes.Status503ServiceUnavailable && headers.RetryAfter.Count == 0) headers.RetryAfter = "5";
    }

    /// <summary>The code of a problem that the framework made.</summary>
    internal static string CodeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "bad_request",
        StatusCodes.Status401Unauthorized => "unauthorized",
        StatusCodes.Status403Forbidden => "forbidden",
        StatusCodes.Status404NotFound => "not_found",
        StatusCodes.Status405MethodNotAllowed => "method_not_allowed",
        StatusCodes.Status412PreconditionFailed => "changed_meanwhile",
        StatusCodes.Status408RequestTimeout => "request_timeout",
        StatusCodes.Status413PayloadTooLarge => "payload_too_large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported_media_type",
        StatusCodes.Status429TooManyRequests => "rate_limited",
        StatusCodes.Status502BadGateway => "bad_gateway",
        StatusCodes.Status503ServiceUnavailable => "unavailable",
        StatusCodes.Status504GatewayTimeout => "gateway_timeout",
        _ => "internal_error",
    };
}
