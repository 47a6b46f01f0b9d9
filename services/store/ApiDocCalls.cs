using System.Globalization;
using System.Text;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace InstaMessenger.Store;

/// <summary>What the OpenAPI document says of every call: its name, and how a caller proves who they are.</summary>
internal static class ApiDocCalls
{
    private const string Bearer = "bearer";
    private const string Cookie = "session";
    private const string Basic = "basic";

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
    }

    /// <summary>A word like <c>getAccountsByIdHealth</c>.</summary>
    private static string NameOf(string method, string path)
    {
        var name = new StringBuilder(method.ToLowerInvariant());
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part is not ("api" or "v1")))
        {
            var isParameter = part.StartsWith('{');
            if (isParameter) name.Append("By");
            foreach (var word in part.Trim('{', '}').Split('-', '_'))
                name.Append(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(word[0])}{word[1..]}");
        }

        return name.ToString();
    }

    private static OpenApiSecurityRequirement By(string scheme, OpenApiDocument? document) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
}
