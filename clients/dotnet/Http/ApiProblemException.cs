using System.Text.Json;
using InstaMessenger.Client.Http;

namespace InstaMessenger.Client;

/// <summary>An answer of the product that is an error: a problem of RFC 9457.</summary>
/// <param name="code">A stable word in snake_case, like <c>window_closed</c>; <c>error</c> when the answer is no problem.</param>
/// <param name="detail">A sentence for people; null when there is none.</param>
public sealed class ApiProblemException(int status, string code, string? detail) : Exception($"{status} {code}: {detail}")
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>A stable word in snake_case.</summary>
    public string Code => code;

    /// <summary>A sentence for people; null when there is none.</summary>
    public string? Detail => detail;

    /// <summary>Each field or parameter that is wrong, with what is wrong with it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; private init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Finds the request in the product's logs and traces.</summary>
    public string? TraceId { get; private init; }

    /// <summary>How long to wait before the next try; null when the product did not say.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The whole problem, with members like <c>closed_at</c>; undefined when the answer was no JSON object.</summary>
    public JsonElement Problem { get; private init; }

    /// <summary>Whether the same call may succeed later without anybody changing anything.</summary>
    public bool IsTemporary => status is 408 or 429 or >= 500 || code == "idempotency_in_progress";

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">An answer that is no success; its body must not have been read.</param>
    /// <param name="clock">Tells how far a date in <c>Retry-After</c> is away.</param>
    internal static async Task<ApiProblemException> OfAsync(HttpResponseMessage answer, TimeProvider clock)
    {
        var problem = Parse(await answer.Content.ReadAsByteArrayAsync());
        return new ApiProblemException((int)answer.StatusCode, Text(problem, "code") ?? "error", Text(problem, "detail"))
        {
            Errors = ErrorsOf(problem),
            TraceId = Text(problem, "trace_id"),
            RetryAfter = RetryAfterOf(answer, clock),
            Problem = problem,
        };
    }

    internal static TimeSpan? RetryAfterOf(HttpResponseMessage answer, TimeProvider clock)
    {
        var wait = answer.Headers.RetryAfter?.Delta ?? answer.Headers.RetryAfter?.Date - clock.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = ClientJson.MostDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : default;
        }
        catch (JsonException)
        {
            // A proxy's page, or a body that was cut off.
            return default;
        }
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static Dictionary<string, IReadOnlyList<string>> ErrorsOf(JsonElement problem)
    {
        var errors = new Dictionary<string, IReadOnlyList<string>>();
        if (problem.ValueKind != JsonValueKind.Object || !problem.TryGetProperty("errors", out var fields)
            || fields.ValueKind != JsonValueKind.Object) return errors;
        foreach (var field in fields.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Array))
            errors[field.Name] = [.. field.Value.EnumerateArray().Select(error => error.ToString())];
        return errors;
    }
}
