using System.Text.RegularExpressions;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace InstaMessenger.Tests.Standalone.WrongInputs;

/// <summary>A call of the API, with what its endpoint declares to take.</summary>
/// <param name="Path">Its path, with the names of its ids.</param>
internal sealed partial record KnownCall(string Method, string Path, RouteEndpoint Endpoint)
{
    /// <summary>An id of the right form, for each that has one.</summary>
    private static readonly Dictionary<Type, string> WellFormed = new()
    {
        [typeof(AccountId)] = "acc_1", [typeof(AttachmentId)] = "msg_1_0", [typeof(ConversationId)] = "conv_1",
        [typeof(InstagramUserId)] = "1", [typeof(MessageId)] = "msg_1",
    };

    private readonly List<UrlParameter> _parameters =
    [
        .. Endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Select(UrlParameter.Of).OfType<UrlParameter>(),
    ];

    public IEnumerable<UrlParameter> Query => _parameters.Where(parameter => !IsInPath(parameter) && !parameter.MustBeRoute);

    /// <summary>The ids in its path whose form is known.</summary>
    public IEnumerable<string> Ids => _parameters.Where(parameter => IsInPath(parameter) && WellFormed.ContainsKey(parameter.Type))
        .Select(parameter => parameter.Name);

    public bool HasPlaces => Endpoint.RoutePattern.Parameters.Count > 0;

    /// <summary>What it takes as JSON; null for none.</summary>
    public Type? Body => Endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;

    public bool BodyIsOptional => Endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.IsOptional == true;

    /// <summary>Takes a form and nothing else, which it reads by itself.</summary>
    public bool TakesFile => Body is null && Endpoint.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is not null;

    public bool OnlyReads => Method == "GET";

    /// <summary>Whoever signs in or out sends nothing that is looked at before it is known who it is.</summary>
    public bool NeedsCredential => Endpoint.Metadata.GetMetadata<EndpointScope>() is not null;

    /// <summary>Its path with ids that could be there.</summary>
    /// <param name="other">Gives another one, by the name of its place; null for the usual one.</param>
    public string Url(Func<string, string?> other) => Place().Replace(Path, place =>
    {
        var name = place.Groups["name"].Value;
        return other(name) ?? (_parameters.Find(parameter => parameter.Name == name) is { } parameter
            ? WellFormed.GetValueOrDefault(parameter.Type, "1")
            : "1");
    });

    public override string ToString() => $"{Method} {Path}";

    private bool IsInPath(UrlParameter parameter) => Endpoint.RoutePattern.GetParameter(parameter.Name) is not null;

    [GeneratedRegex("{(?<name>[^:}]+)[^}]*}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Place();
}

/// <summary>A request with one thing wrong, and how it is to be answered.</summary>
/// <param name="Url">Path and query.</param>
/// <param name="Code">The problem's code.</param>
/// <param name="Named">What <c>errors</c> names; null for nothing.</param>
/// <param name="Body">What is sent as JSON; null for none.</param>
internal sealed record WrongInput(string Url, int Status, string Code, string? Named, string? Body = null)
{
    public static WrongInput NotFound(string url, string? body = null) => new(url, 404, "not_found", null, body);

    public static WrongInput Unreadable(string url, string name) => new(url, 400, "bad_request", name);

    public static WrongInput Invalid(string url, string name, string? body = null) => new(url, 422, "validation_failed", name, body);
}
