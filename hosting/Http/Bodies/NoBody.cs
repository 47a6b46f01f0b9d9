using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace InstaMessenger.Hosting.Http.Bodies;

/// <summary>
/// The rule for calls of the API that take no body: no member is one of theirs, so each is refused by name like any unknown one. Whoever
/// sends <c>{"erase":true}</c> with a DELETE means something by it. An empty object, null and what is no JSON at all say nothing.
/// </summary>
internal static class NoBody
{
    private const string NoMember = "There is no such member: this call takes no body.";

    public static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (!Concerns(context) || await FaultAsync(context.Request) is not { } fault) await next(context);
        else await fault.ExecuteAsync(context);
    }

    private static bool Concerns(HttpContext context) =>
        context.GetEndpoint() is { Metadata: var call } && call.GetMetadata<ApiCall.WithoutMembers>() is not null
        // The one that takes a file and nothing else reads its form by itself.
        && call.GetMetadata<IAcceptsMetadata>() is null && call.GetMetadata<IRequestSizeLimitMetadata>() is null
        && !HttpMethods.IsGet(context.Request.Method) && context.Request.HasJsonContentType()
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    private static async Task<ProblemHttpResult?> FaultAsync(HttpRequest request)
    {
        // As long as the server lets bodies be; it ends the read of a longer one with 413.
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        if (body.Length == 0) return null;
        try
        {
            using var json = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
            return json.RootElement.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.Object when !json.RootElement.EnumerateObject().Any() => null,
                JsonValueKind.Object => Problems.Invalid([.. json.RootElement.EnumerateObject().Select(member => (member.Name, NoMember))]),
                _ => Unreadable(),
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name is no Unicode.
            return Unreadable();
        }
    }

    private static ProblemHttpResult Unreadable() =>
        Problems.Of(StatusCodes.Status400BadRequest, "bad_request", "This call takes no body.");
}
