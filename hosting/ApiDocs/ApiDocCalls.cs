using System.Globalization;
using System.Text;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace InstaMessenger.Hosting.ApiDocs;

/// <summary>What the OpenAPI document says of every call: its name, and how a caller proves who they are.</summary>
internal static class ApiDocCalls
{
    private const string Bearer = "bearer";
    private const string Cookie = "session";
    private const string Basic = "basic";
    private const string File = "application/octet-stream";

    private static readonly Dictionary<string, string> Groups = new()
    {
        ["Accounts"] = "Linked Instagram accounts: how they are set up and how they stand.",
        ["API keys"] = "Credentials of programs.",
        ["Audit"] = "Who did what, when and from where.",
        ["Canned replies"] = "Texts that people answer with again and again.",
        ["Conversations"] = "Threads with customers, as the inbox shows them.",
        ["CRM webhooks"] = "Endpoints of CRMs, and what was posted to them.",
        ["Events"] = "The event log, as a stream and page by page.",
        ["Media"] = "Files that came, and files to be sent.",
        ["Messages"] = "Sending, and what became of it.",
        ["Operations"] = "What an operator looks after.",
        ["Sessions"] = "Signing in and out.",
        ["Users"] = "People who sign in.",
    };

    /// <summary>Describes the groups of calls, and the ways to prove who one is.</summary>
    public static void AddTo(OpenApiDocument document)
    {
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>()) tag.Description = Groups.GetValueOrDefault(tag.Name ?? "");
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key (sk_…), or the token of a session.",
            },
            [Cookie] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = Credential.SessionCookie,
                Description = "The cookie of a session. It changes things only from pages of this site.",
            },
            [Basic] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "basic", Description = "Username and password, to sign in with.",
            },
        };
    }

    /// <summary>Names the call after its path, which never changes, and says which credential it takes.</summary>
    public static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var call = context.Description;
        operation.OperationId = NameOf(call.HttpMethod ?? "GET", call.RelativePath ?? "");
        var scope = call.ActionDescriptor.EndpointMetadata.OfType<EndpointScope>().LastOrDefault();
        var credential = new List<OpenApiSecurityRequirement> { By(Bearer, context.Document), By(Cookie, context.Document) };
        // Whoever signs out is let in also without a credential that is good.
        operation.Security = scope is not null ? credential
            : call.HttpMethod == HttpMethods.Post ? [By(Basic, context.Document)]
            : [.. credential, new OpenApiSecurityRequirement()];
        var metadata = call.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IdempotentCall>().Any()) Add(operation, IdempotencyKey());
        if (metadata.OfType<Tagged>().Any()) DescribeTag(operation, call.HttpMethod);
        foreach (var file in metadata.OfType<IProducesResponseTypeMetadata>().Where(answer => answer.ContentTypes.Contains(File)))
            DescribeFile(operation, file.StatusCode);
        DescribeFilter(operation);
        DescribeLimit(operation);
        ApiDocProblems.Describe(operation, context);
        ApiDocExamples.Describe(operation);
    }

    /// <summary>Says what a thing's ETag is good for.</summary>
    private static void DescribeTag(OpenApiOperation operation, string? method)
    {
        foreach (var (status, answer) in operation.Responses ?? [])
        {
            if (status[0] != '2' || answer is not OpenApiResponse response) continue;
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers["ETag"] = new OpenApiHeader
            {
                Description = "The same as long as the thing is.", Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }

        if (method == HttpMethods.Patch)
            Add(operation, Header("If-Match", "The ETag of what you have seen: whoever changed it meanwhile makes this 412."));
        if (method != HttpMethods.Get) return;
        Add(operation, Header("If-None-Match", "The ETag that you have: what has not changed since is 304."));
        (operation.Responses ??= [])["304"] = new OpenApiResponse { Description = "It has not changed." };
    }

    /// <summary>Another tenant's account is not found, also where a list is narrowed to it.</summary>
    private static void DescribeFilter(OpenApiOperation operation)
    {
        if (operation.Parameters?.Any(parameter => parameter is { Name: "account_id", In: ParameterLocation.Query }) != true) return;
        if (operation.Responses?.TryGetValue("403", out var refused) == true && refused is OpenApiResponse { Content: { } content })
            operation.Responses.TryAdd("404", new OpenApiResponse { Content = new Dictionary<string, OpenApiMediaType>(
                content.Select(body => KeyValuePair.Create(body.Key, new OpenApiMediaType { Schema = body.Value.Schema }))) });
    }

    /// <summary>Says how many items a page has.</summary>
    private static void DescribeLimit(OpenApiOperation operation)
    {
        var limit = operation.Parameters?.OfType<OpenApiParameter>()
            .FirstOrDefault(parameter => parameter is { Name: PageLimit.Name, In: ParameterLocation.Query });
        if (limit?.Schema is not OpenApiSchema schema) return;
        limit.Description = string.Create(
            CultureInfo.InvariantCulture,
            $"How many items, {PageLimit.Default} by default. Of a number above {PageLimit.Most} there are {PageLimit.Most}.");
        schema.Minimum = "1";
    }

    /// <summary>A file is answered as what it is; endpoints cannot say "any type" by themselves.</summary>
    private static void DescribeFile(OpenApiOperation operation, int status)
    {
        var word = status.ToString(CultureInfo.InvariantCulture);
        if (operation.Responses?.TryGetValue(word, out var answer) != true || answer is not OpenApiResponse response) return;
        response.Content = new Dictionary<string, OpenApiMediaType> { ["*/*"] = new() { Schema = new OpenApiSchema() } };
    }

    private static void Add(OpenApiOperation operation, OpenApiParameter parameter) => (operation.Parameters ??= []).Add(parameter);

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiParameter IdempotencyKey() => new()
    {
        Name = "Idempotency-Key",
        In = ParameterLocation.Header,
        Description = "Your name for this request. For 24 hours the same request with the same key is answered the same, with "
            + "Idempotent-Replayed: true, and does nothing; another request is 422 idempotency_key_reused, and one whose first is still "
            + "under way 409 idempotency_in_progress. A key is yours alone, and counts for one path.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
    };

    /// <summary>A word like <c>getAccountsByIdHealth</c>.</summary>
    private static string NameOf(string method, string path)
    {
        var name = new StringBuilder(method.ToLowerInvariant());
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part is not ("api" or "v1")))
        {
            var isParameter = part.StartsWith('{');
            if (isParameter) name.Append("By");
            // Not what a parameter is limited to, as in {id:long}.
            foreach (var word in part.Trim('{', '}').Split(':')[0].Split('-', '_'))
                name.Append(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(word[0])}{word[1..]}");
        }

        return name.ToString();
    }

    private static OpenApiSecurityRequirement By(string scheme, OpenApiDocument? document) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
}
