using System.Reflection;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.UiGateway.Proxy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace InstaMessenger.Tests.Standalone;

/// <summary>
/// What every endpoint declares of itself: its scope, its typed answer, its place in the audit log, its idempotency key, its tag.
/// </summary>
public sealed class EndpointConventionTests(SignedInProduct product) : ConventionSuite(product)
{
    /// <summary>What makes nothing, and why a second time does no harm.</summary>
    private static readonly Dictionary<string, string> SameTwice = new()
    {
        ["api/v1/conversations/{id}/read"] = "It is read.",
        ["api/v1/conversations/{id}/unread"] = "It is unread.",
        ["api/v1/conversations/{id}/typing"] = "The sign is shown for some seconds.",
        ["api/v1/conversations/{id}/presence"] = "Somebody is there for some seconds.",
        ["ui/conversations/{id}/read"] = "The same.",
        ["ui/conversations/{id}/unread"] = "The same.",
        ["ui/conversations/{id}/typing"] = "The same.",
        ["ui/conversations/{id}/presence"] = "The same.",
        ["api/v1/accounts/{account_id}/health/check"] = "Meta is asked again.",
        ["oauth/instagram/init"] = "Another link for ten minutes; an old one would be of no use.",
        ["api/v1/quarantine/{id:long}/replay"] = "What was replayed is gone: 404.",
        ["api/v1/dead-letters/store/{id:long}/replay"] = "What was replayed is gone: 404.",
        ["api/v1/dead-letters/sender/{id:long}/replay"] = "What was replayed is gone: 404.",
        ["api/v1/dead-letters/crm-forwarder/{id:long}/replay"] = "What was replayed is gone: 404.",
        ["api/v1/webhook-endpoints/{id}/test"] = "A test is posted, and nothing kept.",
        ["api/v1/webhook-endpoints/{id}/replays/{replayId}/cancel"] = "One that is over stays as it is.",
    };

    [Fact]
    public void Every_endpoint_is_open_to_anybody_or_says_which_scope_it_needs() =>
        Endpoints().Where(
            endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetMetadata<EndpointScope>() is null)
            .Select(NameOf).ShouldBeEmpty();

    /// <summary>Then compiler, code and document agree. A stream is written as it comes, and says what it is by hand.</summary>
    [Fact]
    public void Every_call_of_the_API_says_by_its_type_what_it_answers() =>
        Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<EndpointScope>() is not null)
            .Where(endpoint => !SaysWhatItAnswers(endpoint.Metadata.GetMetadata<MethodInfo>()!.ReturnType))
            .Select(NameOf).ShouldBe(["GET /api/v1/events/stream"]);

    /// <summary>A client may put null into any list. Said so by its type, the compiler asks what becomes of it; else it is a 500.</summary>
    [Fact]
    public void Every_list_in_a_body_may_hold_null()
    {
        var nullability = new NullabilityInfoContext();
        Endpoints().Select(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType).OfType<Type>().Distinct()
            .SelectMany(type => type.GetProperties())
            // The last one holds the entries: of an object with any members the first is their names, which JSON cannot make null.
            .Where(member => nullability.Create(member).GenericTypeArguments.TakeLast(1).Any(
                entry => entry is { Type.IsValueType: false, ReadState: NullabilityState.NotNull }))
            .Select(member => $"{member.DeclaringType!.Name}.{member.Name}").ShouldBeEmpty();
    }

    [Fact]
    public void No_route_of_the_gateway_leads_nowhere() =>
        RouteTable.Routes.Select(route => route.Path)
            .Where(path => !Endpoints().Any(endpoint =>
                ("/" + endpoint.RoutePattern.RawText!.TrimStart('/')).StartsWith(path, StringComparison.Ordinal)))
            .ShouldBeEmpty();

    [Fact]
    public void Only_looking_is_allowed_to_who_may_only_read() =>
        Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<EndpointScope>()?.AnyOf.HasFlag(Scopes.Read) == true)
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is not ["GET"])
            .Select(NameOf).ShouldBeEmpty();

    /// <summary>
    /// What a handler takes it also uses, or the build says so; that it records whenever it succeeds is watched at run time
    /// (<c>audit.forgotten</c>), and seen for each word by the flow of the audit log.
    /// </summary>
    [Fact]
    public void Every_call_that_needs_manage_and_changes_something_is_in_the_audit_log()
    {
        var changing = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<EndpointScope>()?.AnyOf == Scopes.Manage
            && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is not ["GET"]).ToList();
        changing.Count.ShouldBeGreaterThan(30);
        changing.Where(endpoint => endpoint.Metadata.GetMetadata<AuditedAction>() is null
            || !endpoint.Metadata.GetMetadata<MethodInfo>()!.GetParameters().Any(taken => taken.ParameterType == typeof(AuditTrail)))
            .Select(NameOf).ShouldBeEmpty();
    }

    /// <summary>
    /// The gateway repeats whatever carries the header when a process dies under it. What is not in the list and does not heed it would be
    /// done twice.
    /// </summary>
    [Fact]
    public void Every_POST_heeds_an_Idempotency_Key_or_is_the_same_when_it_is_done_twice()
    {
        var posts = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<EndpointScope>() is not null
            && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is ["POST"]).ToList();
        var (heeding, others) = (
            posts.Where(endpoint => endpoint.Metadata.GetMetadata<IdempotentCall>() is not null).ToList(),
            posts.Where(endpoint => endpoint.Metadata.GetMetadata<IdempotentCall>() is null).ToList());
        heeding.Count.ShouldBeGreaterThan(15);
        others.Select(endpoint => endpoint.RoutePattern.RawText!.Trim('/')).Except(SameTwice.Keys).ShouldBeEmpty();
        SameTwice.Keys.Except(others.Select(endpoint => endpoint.RoutePattern.RawText!.Trim('/'))).ShouldBeEmpty();
        // These two keep theirs with their messages, from which what is erased goes too.
        heeding.Where(endpoint => !endpoint.Metadata.GetMetadata<MethodInfo>()!.GetParameters()
            .Any(taken => taken.ParameterType == typeof(KeyedRequest))).Select(NameOf)
            .ShouldBe(["POST /api/v1/messages/send", "POST /api/v1/messages/{message_id}/retry"], ignoreOrder: true);
    }

    [Fact]
    public void Every_word_of_the_audit_log_is_some_calls() =>
        Endpoints().Select(endpoint => endpoint.Metadata.GetMetadata<AuditedAction>()?.Action).OfType<string>().Distinct()
            .ShouldBe(AuditActions.All, ignoreOrder: true);

    [Fact]
    public void Only_who_one_is_is_told_to_any_credential() =>
        Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<EndpointScope>()?.AnyOf == Scopes.None).Select(NameOf)
            .ShouldBe(["GET /ui/session", "GET /api/v1/me"], ignoreOrder: true);

    [Fact]
    public async Task No_call_is_let_in_without_the_scope_that_it_needs()
    {
        var keys = new Dictionary<Scopes, string>();
        foreach (var scope in Scopes.All.Each())
        {
            var word = scope.ToString().ToLowerInvariant();
            var made = await AskAsync("POST", "/api/v1/api-keys", $$"""{"name":"{{word}}","scopes":["{{word}}"]}""");
            keys[scope] = made.Json.GetProperty("key").GetString()!;
        }

        var (wrong, tried) = (new List<string>(), 0);
        foreach (var endpoint in Endpoints())
        {
            if (endpoint.Metadata.GetMetadata<EndpointScope>() is not { AnyOf: not Scopes.None and var needed }) continue;
            foreach (var (scope, key) in keys.Where(key => (needed & key.Key) == Scopes.None))
            {
                foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
                {
                    var path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
                    var answer = await AskAsync(method, path, method == "GET" ? null : "{}", credential: key);
                    tried++;
                    if (answer.Status != 403 || answer.Code is not ("scope_missing" or null))
                        wrong.Add($"{scope}: {NameOf(endpoint)}: {answer}");
                }
            }
        }

        wrong.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(100);
    }

    /// <summary>Then of two who change a thing at once the second can be told, whatever the thing.</summary>
    [Fact]
    public void Whatever_can_be_patched_has_an_ETag_and_heeds_If_Match()
    {
        var patched = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is ["PATCH"]).ToList();
        patched.Count.ShouldBeGreaterThan(3);
        patched.Where(endpoint => endpoint.Metadata.GetMetadata<Tagged>() is null
            || !endpoint.Metadata.GetMetadata<MethodInfo>()!.GetParameters().Any(taken => taken.ParameterType == typeof(IfMatch)))
            .Select(NameOf).ShouldBeEmpty();
        var paths = patched.Select(endpoint => endpoint.RoutePattern.RawText).ToHashSet();
        Endpoints().Where(endpoint => paths.Contains(endpoint.RoutePattern.RawText)
            && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is ["GET"]
            && endpoint.Metadata.GetMetadata<Tagged>() is null).Select(NameOf).ShouldBeEmpty();
    }

    private static bool SaysWhatItAnswers(Type type) =>
        type.Namespace == typeof(Ok).Namespace || (type.IsGenericType && type.GetGenericArguments()[0].Namespace == typeof(Ok).Namespace);
}
