using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using InstaMessenger.Contracts.Ids;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace InstaMessenger.Hosting.Http;

/// <summary>
/// The one rule for what stands in the URL of an API call, by the parameters that its endpoint declares: an unknown query parameter is
/// refused by name, so that a typo is not an unfiltered list; an id of the wrong form names nothing (404); a wrong cursor is 400
/// <c>bad_cursor</c>; any other value that cannot be read, is empty or is given twice is 400 and named. Which words there are the endpoint
/// knows: another one is 422, as in a body.
/// </summary>
internal sealed class UrlRules
{
    private static readonly ConditionalWeakTable<Endpoint, UrlRules> Known = [];

    private readonly Dictionary<string, UrlParameter> _query = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<UrlParameter> _route = [];

    private UrlRules(Endpoint endpoint)
    {
        var pattern = (endpoint as RouteEndpoint)?.RoutePattern;
        foreach (var bound in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        {
            if (UrlParameter.Of(bound) is not { } parameter) continue;
            if (pattern?.GetParameter(parameter.Name) is not null) _route.Add(parameter);
            else if (!parameter.MustBeRoute) _query.TryAdd(parameter.Name, parameter);
        }
    }

    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<ApiCall>() is null) return next(context);
        var rules = Known.GetValue(endpoint, static found => new UrlRules(found));
        return rules.Fault(context.Request) is { } fault ? fault.ExecuteAsync(context) : next(context);
    }

    private ProblemHttpResult? Fault(HttpRequest request)
    {
        foreach (var (name, values) in request.Query)
        {
            if (!_query.TryGetValue(name, out var parameter)) return Unknown(name);
            if (values is not [{ } text]) return UrlParameter.Unreadable(name, "It is given more than once.");
            if (parameter.Fault(text) is { } fault) return fault;
        }

        foreach (var parameter in _route)
        {
            if (request.RouteValues.TryGetValue(parameter.Name, out var value) && value is string text
                && parameter.Fault(text) is { } fault) return fault;
        }

        return null;
    }

    private ProblemHttpResult Unknown(string name)
    {
        var known = _query.Count == 0 ? "It takes none." : $"It takes {string.Join(", ", _query.Keys)}.";
        return Problems.Wrong(
            StatusCodes.Status400BadRequest,
            "unknown_parameter",
            "A query parameter is not known: see errors.",
            (name, $"This call has no such parameter. {known}"));
    }
}

/// <summary>A parameter that comes from the route or the query.</summary>
internal sealed class UrlParameter(string name, bool mustBeRoute, Type type)
{
    private readonly Predicate<string> _reads = IsLimit(name, type) ? PageLimit.Reads : ReaderOf(type);

    public string Name => name;

    public bool MustBeRoute => mustBeRoute;

    /// <summary>What its text stands for.</summary>
    public Type Type => type;

    /// <summary>Null when the parameter comes from elsewhere: a header, the body, a service.</summary>
    public static UrlParameter? Of(IParameterBindingMetadata bound)
    {
        var from = bound.ParameterInfo;
        var type = Nullable.GetUnderlyingType(from.ParameterType) ?? from.ParameterType;
        var (query, route) = (from.GetCustomAttribute<FromQueryAttribute>(), from.GetCustomAttribute<FromRouteAttribute>());
        if (bound.HasBindAsync || (query is null && route is null && type != typeof(string) && !bound.HasTryParse)) return null;
        if (query is null && route is null && from.GetCustomAttributes().Any(IsElsewhere)) return null;
        return new UrlParameter(query?.Name ?? route?.Name ?? bound.Name, route is not null, type);
    }

    public static ProblemHttpResult Unreadable(string name, string error) =>
        Problems.Wrong(StatusCodes.Status400BadRequest, "bad_request", "A parameter cannot be read: see errors.", (name, error));

    public ProblemHttpResult? Fault(string text)
    {
        if (_reads(text)) return null;
        if (type == typeof(SequenceCursor)) return Problems.BadCursor(name, "Give the sequence of an event: a whole number.");
        if (type.IsAssignableTo(typeof(ICursor))) return Problems.BadCursor(name, "Give next_cursor of the page before, unchanged.");
        return IsId(type) ? Problems.NotFound(type.Name[..^"Id".Length].ToLowerInvariant()) : Unreadable(name, Form(name, type));
    }

    private static bool IsElsewhere(Attribute attribute) =>
        attribute is IFromHeaderMetadata or IFromBodyMetadata or IFromServiceMetadata;

    private static bool IsLimit(string name, Type type) => name == PageLimit.Name && type == typeof(int);

    private static string Form(string name, Type type) =>
        IsLimit(name, type) ? PageLimit.Rule
        : type == typeof(string) ? "It is empty: leave it out, or give a value."
        : type == typeof(bool) ? "It is true or false."
        : type == typeof(int) || type == typeof(long) ? "It is a whole number."
        : type == typeof(DateTimeOffset) ? ApiJson.NotATime
        : $"It is a {type.Name}.";

    private static bool IsId(Type type) => Is(type, typeof(IStringId<>));

    private static bool Is(Type type, Type definition) =>
        Array.Exists(type.GetInterfaces(), face => face.IsGenericType && face.GetGenericTypeDefinition() == definition);

    private static Predicate<string> ReaderOf(Type type)
    {
        if (type == typeof(string)) return text => text.Length > 0;
        if (type == typeof(DateTimeOffset)) return ApiJson.IsTime;
        var name = IsId(type) ? nameof(ReadsId) : Is(type, typeof(IParsable<>)) ? nameof(ReadsValue) : null;
        if (name is not null)
            return typeof(UrlParameter).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type)
                .CreateDelegate<Predicate<string>>();
        var parse = type.GetMethod("TryParse", [typeof(string), type.MakeByRefType()]);
        return parse is null ? _ => true : text => (bool)parse.Invoke(null, [text, null])!;
    }

    private static bool ReadsId<T>(string text)
        where T : struct, IStringId<T> => T.TryParse(text, out _);

    private static bool ReadsValue<T>(string text)
        where T : IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out _);
}
