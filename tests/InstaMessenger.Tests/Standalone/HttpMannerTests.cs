using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;

namespace InstaMessenger.Tests.Standalone;

/// <summary>What HTTP itself asks of every call: methods, HEAD, tags, caches, compression, and what another site may do.</summary>
public sealed class HttpMannerTests(SignedInProduct product) : ConventionSuite(product)
{
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
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Admin);
        using var response = await Http.SendAsync(request);
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
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Admin);
                using var response = await Http.SendAsync(request);
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
        using var response = await Http.SendAsync(request);
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
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Admin);
            request.Headers.Add("Accept-Encoding", accepted);
            using var response = await Http.SendAsync(request);
            response.Content.Headers.ContentEncoding.ShouldBe(encoding is null ? [] : [encoding], path);
            response.Headers.Vary.ShouldContain("Accept-Encoding", path);
        }
    }

    [Fact]
    public async Task A_live_stream_is_not_compressed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Admin);
        request.Headers.Add("Accept-Encoding", "br, gzip");
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentEncoding.ShouldBeEmpty();
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
        request.Headers.Add("Cookie", "im_session=" + Admin);
        request.Headers.Add(header, value == "own" ? Http.BaseAddress!.GetLeftPart(UriPartial.Authority) : value);
        using var response = await Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        if (status == 403) (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("cross_site");
    }

    [Fact]
    public async Task Another_site_can_look_nowhere_but_what_it_reads_is_the_browsers_to_hide_and_sign_nobody_out()
    {
        using var look = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me")
        {
            Headers = { { "Cookie", "im_session=" + Admin }, { "Sec-Fetch-Site", "cross-site" } },
        };
        using var looked = await Http.SendAsync(look);
        looked.StatusCode.ShouldBe(HttpStatusCode.OK);
        looked.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        using var leave = new HttpRequestMessage(HttpMethod.Delete, "/ui/session")
        {
            Headers = { { "Cookie", "im_session=" + Admin }, { "Sec-Fetch-Site", "cross-site" } },
        };
        (await Http.SendAsync(leave)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync("GET", "/api/v1/me")).Status.ShouldBe(200);
    }
}
