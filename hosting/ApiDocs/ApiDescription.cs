using System.Text.Json.Serialization;
using InstaMessenger.Contracts.Ids;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace InstaMessenger.Hosting.ApiDocs;

/// <summary>What the OpenAPI document says beyond what the generator finds out by itself.</summary>
internal static class ApiDescription
{
    public static void Apply(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "InstaMessenger";
            document.Info.Description =
                "Instagram direct messages for CRMs and agents. Errors are problem details (RFC 9457) with a stable code and a trace_id. "
                + "What is wrong with a request is named in errors. In the URL: a query parameter that there is not is 400 "
                + "unknown_parameter; one that is empty, is given twice or cannot be read 400 bad_request; a cursor that no list of such "
                + "things gave 400 bad_cursor; an id of the wrong form names nothing, and is 404 like one that there is not. In a body: "
                + "a member that there is not, is given twice or is wrong is 422 validation_failed, also where the call takes no body; "
                + "what is no JSON object 400 bad_request. Times are RFC 3339 with their zone. "
                + "Every answer has an X-Request-Id: yours, when you send one of 1 to 64 letters, digits, dots, underscores or dashes, "
                + "else one of ours.";
            // Behind the gateway nobody needs to know the address of this process: it is where the document came from.
            document.Servers = [new OpenApiServer { Url = "/" }];
            ApiDocCalls.AddTo(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            ApiDocCalls.Describe(operation, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(async (schema, context, cancellationToken) =>
        {
            // A secret stands only in the answer that made it.
            foreach (var member in context.JsonTypeInfo.Properties)
            {
                if (member.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: true) == true)
                    schema.Required?.Remove(member.Name);
            }

            var type = context.JsonTypeInfo.Type;
            if (type == typeof(ProblemDetails))
            {
                AddProblemMembers(schema);
                return;
            }

            if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset))
            {
                // Times have their own JSON form too: without this a generated client takes one for anything at all.
                (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
                if (type != typeof(DateTimeOffset)) schema.Type |= JsonSchemaType.Null;
                return;
            }

            if (!IsWord(type)) return;
            // Ids have their own JSON form, which the generator cannot look into.
            (schema.Type, schema.Properties, schema.Required) = (JsonSchemaType.String, null, null);
            // Where an id may be null the generator finds no docstring, and the first that it meets of an id counts for all.
            if (schema.Description is null && Nullable.GetUnderlyingType(type) is { } id)
                schema.Description = (await context.GetOrCreateSchemaAsync(id, null, cancellationToken)).Description;
        });
    }

    /// <summary>Says what every problem has beside the members of RFC 9457, and that some have more of their own.</summary>
    private static void AddProblemMembers(OpenApiSchema schema)
    {
        schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
        schema.Properties["code"] = Text("What is wrong, as a stable word in snake_case.");
        schema.Properties["trace_id"] = Text("Finds the request in logs and traces.");
        schema.Properties["request_id"] = Text("The request's X-Request-Id.");
        schema.Properties["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Each field or parameter that is wrong, with what is wrong with it.",
            AdditionalProperties = new OpenApiSchema
            {
                Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };
        schema.Required = new HashSet<string> { "status", "code", "trace_id" };
        schema.AdditionalPropertiesAllowed = true;
        schema.AdditionalProperties = null;
    }

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static bool IsWord(Type type) =>
        Array.Exists(
            (Nullable.GetUnderlyingType(type) ?? type).GetInterfaces(),
            face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IStringId<>));
}
