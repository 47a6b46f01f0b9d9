using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using InstaMessenger.Hosting.Audit;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Standalone;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store;
using InstaMessenger.UiGateway.Proxy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Standalone;

/// <summary>The product as one process, and its first admin's token. Nothing that these tests do stays in the way of the next.</summary>
public sealed class SignedInProduct : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ServiceUnderTest _product = null!;

    internal IServiceProvider Services => _product.App.Services;

    internal HttpClient Http { get; private set; } = null!;

    internal string Admin { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _product = await ServiceUnderTest.StartAsync(StandaloneHost.Build(ServiceUnderTest.Arguments(
            _folder.Path,
            $"Bootstrap:AdminUsername={StoreOverHttp.Admin}",
            $"Bootstrap:AdminPassword={StoreOverHttp.AdminPassword}",
            "RateLimits:PerKeyBurst=10000",
            "RateLimits:PerAddressBurst=10000")));
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _product.Http.BaseAddress };
        using var signIn = new HttpRequestMessage(HttpMethod.Post, "/ui/session");
        signIn.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{StoreOverHttp.Admin}:{StoreOverHttp.AdminPassword}")));
        Admin = (await (await Http.SendAsync(signIn)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _product.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>
/// The rules that every endpoint of every service keeps, over all of them: a new one that does not keep them is named here.
/// </summary>
public sealed class EndpointConventionTests(SignedInProduct product) : IClassFixture<SignedInProduct>
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

    private readonly HttpClient _http = product.Http;
    private readonly string _admin = product.Admin;

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
                    // A stream that is let in does not end.
                    var answer = await AskAsync(
                        method, path, method == "GET" ? null : "{}", headersOnly: path.EndsWith("/stream", StringComparison.Ordinal),
                        credential: key);
                    tried++;
                    if (answer.Status != 403 || answer.Code is not ("scope_missing" or null))
                        wrong.Add($"{scope}: {NameOf(endpoint)}: {answer}");
                }
            }
        }

        wrong.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("2027-11-27T10:00:00")]
    [InlineData("yesterday")]
    [InlineData("")]
    public async Task A_time_in_the_URL_without_a_zone_is_refused_and_named(string time)
    {
        var answer = await AskAsync("GET", "/api/v1/audit?after=" + time);
        (answer.Status, answer.Code).ShouldBe((400, "bad_request"));
        answer.Json.GetProperty("errors").TryGetProperty("after", out _).ShouldBeTrue();
        (await AskAsync("GET", "/api/v1/audit?after=2027-11-27T10:00:00%2B02:00")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Every_endpoint_refuses_an_unknown_query_parameter_by_its_name()
    {
        var wrong = new List<string>();
        foreach (var (method, path) in Calls())
        {
            var answer = await AskAsync(method, path + "?acount_id=acc_1");
            if (answer.Status != 400 || answer.Code != "unknown_parameter"
                || !answer.Text.Contains("\"acount_id\"", StringComparison.Ordinal)) wrong.Add($"{method} {path}: {answer}");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_list_takes_a_cursor_and_answers_nonsense_in_one_way()
    {
        var wrong = new List<string>();
        var lists = Calls().Where(call => call.Method == "GET" && !call.Path.Contains('{')).ToList();
        foreach (var (method, path) in lists)
        {
            if ((await AskAsync(method, path, headersOnly: path.EndsWith("/stream", StringComparison.Ordinal))) is not { Status: 200 } list
                || !list.Text.Contains("next_cursor", StringComparison.Ordinal)) continue;
            foreach (var nonsense in new[] { "nonsense", "", "-1", "99999999999999999999", "bm9uc2Vuc2U", "%00", "1&cursor=2" })
            {
                var answer = await AskAsync(method, $"{path}?cursor={nonsense}");
                var expected = nonsense.Contains('&') ? "bad_request" : "bad_cursor";
                if (answer.Status != 400 || answer.Code != expected) wrong.Add($"{method} {path}?cursor={nonsense}: {answer}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_id_of_the_wrong_form_is_not_found_wherever_it_stands()
    {
        var wrong = new List<string>();
        foreach (var (method, path) in Calls().Where(call => call.Path.Contains('{')))
        {
            var body = method is "POST" or "PATCH" or "PUT" && !path.EndsWith(
                "/read",
                StringComparison.Ordinal) && !path.EndsWith("/replay",
                StringComparison.Ordinal) && !path.EndsWith("/redeliver",
                StringComparison.Ordinal) ? "{}" : null;
            foreach (var id in new[] { "nonsense", "acc_", "%C3%A9", "1.5" })
            {
                var answer = await AskAsync(method, Fill(path, id), body);
                var valid = answer.Status == 404 || (answer.Status == 422 && body is not null);
                if (!valid) wrong.Add($"{method} {Fill(path, id)}: {answer}");
            }
        }

        foreach (var list in new[] { "/api/v1/sends", "/api/v1/conversations", "/ui/conversations", "/api/v1/events" })
        {
            var answer = await AskAsync("GET", list + "?account_id=nonsense");
            if (answer.Status != 404) wrong.Add($"{list}: {answer}");
        }

        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"username":"ann","password":"a long password","role":"agent","acount_ids":[]}""", 422, "acount_ids")]
    [InlineData("""{"username":5}""", 422, "username")]
    [InlineData("""{"Username":"ann"}""", 422, "Username")]
    [InlineData("""{"username":"ann","username":"bob"}""", 422, "username")]
    [InlineData("""{"account_ids":"acc_1"}""", 422, "account_ids")]
    [InlineData("""{"account_ids":["acc_1",7]}""", 422, "account_ids[1]")]
    [InlineData("""{"username":"\ud800"}""", 422, "username")]
    [InlineData("""{"username":"ann",}""", 400, null)]
    [InlineData("{", 400, null)]
    [InlineData("", 400, null)]
    [InlineData("[]", 400, null)]
    [InlineData("null", 400, null)]
    [InlineData("5", 400, null)]
    [InlineData("{} {}", 400, null)]
    public async Task A_body_that_cannot_be_read_names_the_member(string body, int status, string? member)
    {
        var answer = await AskAsync("POST", "/api/v1/users", body);
        answer.Status.ShouldBe(status, answer.Text);
        answer.Code.ShouldBe(status == 422 ? "validation_failed" : "bad_request");
        if (member is not null) answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(member);
        answer.Text.ShouldNotContain("InstaMessenger.");
    }

    [Theory]
    [InlineData("2027-11-27T10:00:00")]
    [InlineData("2027-11-27")]
    [InlineData("tomorrow")]
    [InlineData("")]
    public async Task A_time_without_a_zone_is_refused_and_named(string time)
    {
        var answer = await AskAsync("POST", "/api/v1/api-keys", $$"""{"name":"x","expires_at":"{{time}}"}""");
        answer.Status.ShouldBe(422);
        answer.Text.ShouldContain("RFC 3339");
        answer.Json.GetProperty("errors").TryGetProperty("expires_at", out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("2027-11-27T10:00:00Z", "2027-11-27T10:00:00.000Z")]
    [InlineData("2027-11-27T10:00:00.5+02:00", "2027-11-27T08:00:00.500Z")]
    public async Task A_time_with_a_zone_is_answered_in_UTC(string time, string utc)
    {
        var answer = await AskAsync("POST", "/api/v1/api-keys", $$"""{"name":"x","expires_at":"{{time}}"}""");
        answer.Json.GetProperty("expires_at").GetString().ShouldBe(utc);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Another_content_type_is_415_with_a_code(string type)
    {
        var answer = await AskAsync("POST", "/api/v1/users", "{}", contentType: type);
        (answer.Status, answer.Code).ShouldBe((415, "unsupported_media_type"));
    }

    [Fact]
    public async Task Another_method_is_405_with_a_problem_and_says_which_are_allowed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/accounts");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _admin);
        using var response = await _http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["GET", "POST"], ignoreOrder: true);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("method_not_allowed");
    }

    [Fact]
    public async Task No_path_answers_a_method_that_it_has_not_with_anything_but_405_and_those_it_has()
    {
        var wrong = new List<string>();
        // With those that anybody may call, so that nobody is signed out.
        var methods = Endpoints().SelectMany(
            endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [],
            (endpoint, method) => (Path: Fill("/" + endpoint.RoutePattern.RawText!.Trim('/'), "1"), Method: method))
            .ToLookup(call => call.Path, call => call.Method);
        // What reads or deletes a message takes "send" for a message's id.
        foreach (var path in Calls().Select(call => Fill(call.Path, "1")).Distinct().Where(path => path != "/api/v1/messages/send")
            .Select(path => methods.Single(of => of.Key == path)))
        {
            foreach (var method in new[] { "GET", "POST", "PUT", "PATCH", "DELETE" }.Except(path))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path.Key);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _admin);
                using var response = await _http.SendAsync(request);
                var (text, allowed) = (await response.Content.ReadAsStringAsync(), response.Content.Headers.Allow);
                if (response.StatusCode != HttpStatusCode.MethodNotAllowed || path.Except(allowed).Any()
                    || !text.Contains("\"method_not_allowed\"", StringComparison.Ordinal))
                    wrong.Add($"{method} {path.Key}: {(int)response.StatusCode} {string.Join(' ', allowed)} {text}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task There_is_HEAD_wherever_there_is_GET_with_the_same_headers_and_no_body()
    {
        var (wrong, tried) = (new List<string>(), 0);
        foreach (var (_, path) in Calls().Where(call => call.Method == "GET" && !call.Path.EndsWith("/stream", StringComparison.Ordinal)))
        {
            using var get = await SendAsync(HttpMethod.Get, Fill(path, "1"));
            using var head = await SendAsync(HttpMethod.Head, Fill(path, "1"));
            tried++;
            if (head.StatusCode != get.StatusCode || (await head.Content.ReadAsByteArrayAsync()).Length > 0
                || head.Content.Headers.ContentType?.ToString() != get.Content.Headers.ContentType?.ToString()
                || head.Headers.ETag?.ToString() != get.Headers.ETag?.ToString())
                wrong.Add($"{path}: {(int)head.StatusCode} for {(int)get.StatusCode}");
        }

        wrong.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(30);
        using var stream = await SendAsync(HttpMethod.Head, "/api/v1/events/stream");
        stream.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("GET", "/api/v1/me")]
    [InlineData("POST", "/ui/session")]
    public async Task A_401_says_how_to_authenticate_and_a_problem_which_request_it_was(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("X-Request-Id", "mine-7");
        using var response = await _http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("request_id").GetString().ShouldBe("mine-7");
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("identity", null)]
    public async Task What_is_text_is_compressed_for_who_takes_it(string accepted, string? encoding)
    {
        foreach (var path in new[] { "/api/v1/me", "/openapi/v1.json", "/api/v1/accounts/none" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _admin);
            request.Headers.Add("Accept-Encoding", accepted);
            using var response = await _http.SendAsync(request);
            response.Content.Headers.ContentEncoding.ShouldBe(encoding is null ? [] : [encoding], path);
            response.Headers.Vary.ShouldContain("Accept-Encoding", path);
        }
    }

    [Fact]
    public async Task A_live_stream_is_not_compressed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _admin);
        request.Headers.Add("Accept-Encoding", "br, gzip");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentEncoding.ShouldBeEmpty();
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

    [Theory]
    [InlineData("/api/v1/users", """{"username":"tagged","password":"a long password","role":"agent"}""", """{"username":"tagged2"}""")]
    [InlineData("/api/v1/canned-replies", """{"shortcut":"tagged","text":"Hello!"}""", """{"text":"Hi!"}""")]
    [InlineData("/api/v1/webhook-endpoints", """{"url":"https://example.com/hook"}""", """{"description":"tagged"}""")]
    public async Task Of_two_who_change_a_thing_that_both_have_seen_the_second_is_told(string path, string made, string change)
    {
        using var created = await SendAsync(HttpMethod.Post, path, made);
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        var seen = created.Headers.ETag!.ToString();
        var thing = $"{path}/{(await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()}";

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => SendAsync(HttpMethod.Patch, thing, change, ("If-Match", seen))));

        answers.Select(answer => (int)answer.StatusCode).Order().ShouldBe([200, 412]);
        var now = answers.Single(answer => answer.StatusCode == HttpStatusCode.OK).Headers.ETag!.ToString();
        now.ShouldNotBe(seen);
        (await answers.Single(answer => (int)answer.StatusCode == 412).Content.ReadAsStringAsync()).ShouldContain("changed_meanwhile");
        (await SendAsync(HttpMethod.Patch, thing, change, ("If-Match", $"W/{now}"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Patch, thing, change, ("If-Match", "*"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Patch, thing, change, ("If-Match", "nonsense"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var read = await SendAsync(HttpMethod.Get, thing);
        if (read.StatusCode == HttpStatusCode.MethodNotAllowed) return;
        var tag = read.Headers.ETag!.ToString();
        (await SendAsync(HttpMethod.Get, thing, null, ("If-None-Match", tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await SendAsync(HttpMethod.Get, thing, null, ("If-None-Match", seen))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_a_caller_is_told_is_kept_by_no_cache()
    {
        var kept = new List<string>();
        foreach (var (method, path) in Calls().Where(call => call.Method == "GET"))
        {
            var answer = await AskAsync(method, Fill(path, "1"), headersOnly: true);
            if (answer.CacheControl != "no-store") kept.Add($"{path}: {answer.CacheControl}");
        }

        kept.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 201)]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://127.0.0.1:1", 403)]
    [InlineData("Origin", "own", 201)]
    public async Task A_cookie_changes_things_only_from_pages_of_this_site(string header, string value, int status)
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Post, "/api/v1/api-keys") { Content = JsonContent.Create(new { name = "from a page" }) };
        request.Headers.Add("Cookie", "im_session=" + _admin);
        request.Headers.Add(header, value == "own" ? _http.BaseAddress!.GetLeftPart(UriPartial.Authority) : value);
        using var response = await _http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        if (status == 403) (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("cross_site");
    }

    [Fact]
    public async Task Another_site_can_look_nowhere_but_what_it_reads_is_the_browsers_to_hide_and_sign_nobody_out()
    {
        using var look = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me")
        {
            Headers = { { "Cookie", "im_session=" + _admin }, { "Sec-Fetch-Site", "cross-site" } },
        };
        using var looked = await _http.SendAsync(look);
        looked.StatusCode.ShouldBe(HttpStatusCode.OK);
        looked.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        using var leave = new HttpRequestMessage(HttpMethod.Delete, "/ui/session")
        {
            Headers = { { "Cookie", "im_session=" + _admin }, { "Sec-Fetch-Site", "cross-site" } },
        };
        (await _http.SendAsync(leave)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync("GET", "/api/v1/me")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_document_says_which_problems_each_call_can_have()
    {
        using var document = JsonDocument.Parse(await _http.GetStringAsync("/openapi/v1.json"));
        var silent = from path in document.RootElement.GetProperty("paths").EnumerateObject()
                     from call in path.Value.EnumerateObject()
                     where path.Name.StartsWith("/api/", StringComparison.Ordinal)
                     let answers = call.Value.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).ToList()
                     where !answers.Contains("401") || !answers.Contains("400") || !answers.Exists(status => status[0] == '2')
                         || (path.Name.Contains('{') && !answers.Contains("404"))
                     select $"{call.Name} {path.Name}: {string.Join(' ', answers)}";
        silent.ShouldBeEmpty();
    }

    /// <summary>Redocly, of the packages that the inbox is built with.</summary>
    [Fact]
    public async Task A_validator_finds_nothing_wrong_in_the_document_of_the_whole_product()
    {
        using var folder = new TemporaryFolder();
        var document = Path.Combine(folder.Path, "v1.json");
        await File.WriteAllTextAsync(document, await _http.GetStringAsync("/openapi/v1.json"), TestContext.Current.CancellationToken);
        var own = RepositoryRoot.Of("artifacts", "node", "node_modules", ".bin", "node");
        var start = new ProcessStartInfo(File.Exists(own) ? own : "node")
        {
            ArgumentList =
            {
                RepositoryRoot.Of("tests", "InstaMessenger.Tests", "Standalone", "lint-openapi.mjs"),
                RepositoryRoot.Of("services", "ui-gateway", "web"),
                document,
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        var error = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var found = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        (found + await error).ShouldBeEmpty();
        (await File.ReadAllTextAsync(document, TestContext.Current.CancellationToken)).ShouldContain("\"/api/v1/webhook-endpoints/{id}\"");
    }

    [Fact]
    public async Task The_document_says_what_a_problem_has_and_which_credential_a_call_takes()
    {
        using var document = JsonDocument.Parse(await _http.GetStringAsync("/openapi/v1.json"));
        var problem = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("ProblemDetails");
        using var answered = await SendAsync(HttpMethod.Post, "/api/v1/users", """{"username":5}""");
        var members = (await answered.Content.ReadFromJsonAsync<JsonElement>()).EnumerateObject().Select(member => member.Name).ToList();

        members.Except(problem.GetProperty("properties").EnumerateObject().Select(member => member.Name)).ShouldBeEmpty();
        problem.GetProperty("required").EnumerateArray().Select(name => name.GetString()).ShouldBeSubsetOf(members);
        (problem.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False).ShouldBeFalse();
        var calls = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).ToList();
        calls.Select(call => call.Value.GetProperty("operationId").GetString()).ShouldBeUnique();
        calls.Select(call => call.Value.GetProperty("security")[0].EnumerateObject().Single().Name).Distinct()
            .ShouldBe(["bearer", "basic"], ignoreOrder: true);
    }

    private static bool SaysWhatItAnswers(Type type) =>
        type.Namespace == typeof(Ok).Namespace || (type.IsGenericType && type.GetGenericArguments()[0].Namespace == typeof(Ok).Namespace);

    private static string NameOf(RouteEndpoint endpoint) =>
        $"{string.Join('|', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])} {endpoint.RoutePattern.RawText}";

    private static string Fill(string path, string id) =>
        string.Concat(path.Split('{').Select((part, index) => index == 0 ? part : id + part[(part.IndexOf('}') + 1)..]));

    private List<RouteEndpoint> Endpoints() =>
        [.. product.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>Every call of the API.</summary>
    private List<(string Method, string Path)> Calls() =>
    [
        .. from endpoint in Endpoints()
           where endpoint.Metadata.GetMetadata<EndpointScope>() is not null
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
           select (method, "/" + endpoint.RoutePattern.RawText!.Trim('/')),
    ];

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _admin);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        return await _http.SendAsync(request);
    }

    private async Task<Answer> AskAsync(
        string method,
        string path,
        string? body = null,
        string contentType = "application/json",
        bool headersOnly = false,
        string? credential = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Fill(path, "1"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential ?? _admin);
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue(contentType));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var text = headersOnly ? "" : await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, response.Headers.CacheControl?.ToString(), text);
    }

    private sealed record Answer(int Status, string? CacheControl, string Text)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;

        public string? Code => Text.StartsWith('{') && Json.TryGetProperty("code", out var code) ? code.GetString() : null;
    }
}
