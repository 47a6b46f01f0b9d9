using System.Globalization;
using System.Text.Json.Nodes;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace InstaMessenger.Hosting.ApiDocs;

/// <summary>Says of each call with which codes it is refused, each with an example.</summary>
internal static class ApiDocProblems
{
    private const string Problem = "application/problem+json";

    public static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var own = metadata.OfType<Refusal>().ToList();
        var hasCursor = operation.Parameters?.Any(parameter => parameter.Name == "cursor") == true;
        var hasKey = metadata.OfType<IdempotentCall>().Any();
        foreach (var (word, answer) in operation.Responses ?? [])
        {
            if (!int.TryParse(word, CultureInfo.InvariantCulture, out var status) || status < StatusCodes.Status400BadRequest) continue;
            if (answer is not OpenApiResponse response) continue;
            var codes = own.Where(refusal => refusal.Status == status).SelectMany(refusal => refusal.Codes)
                .Concat(RefusalSetup.OfEveryCall(status)).Concat(Conditional(status, hasCursor, hasKey)).Distinct().ToList();
            if (codes.Count == 0) continue;
            response.Description = $"{ReasonPhrases.GetReasonPhrase(status)}: {string.Join(", ", codes.Select(code => $"`{code}`"))}.";
            if (response.Content?.TryGetValue(Problem, out var body) != true || body is not OpenApiMediaType problem) continue;
            problem.Examples = codes.ToDictionary(code => code, code => Example(code, status, context.Document));
        }
    }

    private static IEnumerable<string> Conditional(int status, bool hasCursor, bool hasKey) => status switch
    {
        StatusCodes.Status400BadRequest when hasCursor => ["bad_cursor"],
        StatusCodes.Status409Conflict when hasKey => ["idempotency_in_progress", "idempotency_answer_lost"],
        StatusCodes.Status422UnprocessableEntity when hasKey => ["idempotency_key_reused"],
        _ => [],
    };

    /// <summary>An example of the components, which is there once for all calls.</summary>
    private static IOpenApiExample Example(string code, int status, OpenApiDocument? document)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{status}.{code}");
        var body = new JsonObject
        {
            ["title"] = ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status,
            ["code"] = code,
            ["trace_id"] = "4bf92f3577b34da6a3ce929d0e0e4736",
            ["request_id"] = "3f1c9a5b7d2e4f608a1b",
        };
        if (code == "validation_failed") body["errors"] = new JsonObject { ["name"] = new JsonArray("What is wrong with it.") };
        if (document is null) return new OpenApiExample { Value = body };
        document.Components ??= new OpenApiComponents();
        document.Components.Examples ??= new Dictionary<string, IOpenApiExample>();
        document.Components.Examples[name] = new OpenApiExample { Value = body };
        return new OpenApiExampleReference(name, document);
    }
}
