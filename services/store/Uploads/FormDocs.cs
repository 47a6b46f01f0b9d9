using Microsoft.OpenApi;

namespace InstaMessenger.Store.Uploads;

/// <summary>A form in the OpenAPI document. The endpoint reads it part by part, so the generator cannot see what is in it.</summary>
internal static class FormDocs
{
    /// <summary>Describes a form whose fields are all needed.</summary>
    /// <param name="fields">Their names, and the format of those that are no plain text.</param>
    public static OpenApiRequestBody Body(params IReadOnlyList<(string Name, string? Format)> fields) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["multipart/form-data"] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = fields.Select(field => field.Name).ToHashSet(),
                    Properties = fields.ToDictionary(
                        field => field.Name,
                        IOpenApiSchema (field) => new OpenApiSchema { Type = JsonSchemaType.String, Format = field.Format }),
                },
            },
        },
    };
}
