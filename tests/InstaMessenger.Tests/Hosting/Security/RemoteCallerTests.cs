using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Security;

/// <summary>A service that asks the store who is asking: two hosts, real sockets, and a store whose answers the test chooses.</summary>
public sealed class RemoteCallerTests : IAsyncLifetime
{
    private const string Agent =
        """{"id":"usr_1","kind":"user","user_id":"usr_1","is_admin":false,"accounts":"listed","account_ids":"""
            + """["acc_1"],"scopes":["read","send","manage"]}""";

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _asked = [];
    private WebApplication _store = null!;
    private ServiceUnderTest _service = null!;
    private Func<HttpContext, Task> _answer = Unauthorized;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _store = builder.Build();
        _store.Run(context =>
        {
            _asked.Enqueue($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Authorization}");
            return _answer(context);
        });
        await _store.StartAsync();
        _service = await ServiceUnderTest.StartAsync(
            _folder.Path,
            _ => { },
            app => app.MapGet("/who", (Caller caller) => Results.Json(CallerDescription.Of(caller))).Needs(Scopes.Read),
            "Services:Store=" + _store.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_request_inside_a_cookie_never_reaches_the_store()
    {
        _answer = context => context.Request.Path == "/evil" ? Says(200, Agent)(context) : Unauthorized(context);
        foreach (var cookie in new[]
        {
            "x%0d%0a%0d%0aGET%20/evil%20HTTP/1.1%0d%0aHost:%20s%0d%0a%0d%0a",
            "x%0d%0aX-Injected:%20yes",
            "x%0aX-Injected:%20yes",
            "x%00y",
            "x%20y",
            "x%2fy",
            "%c3%a9",
        })
        {
            var answer = await RawAsync($"Cookie: im_session={cookie}");
            _asked.ShouldBeEmpty(cookie);
            answer.ShouldStartWith("HTTP/1.1 401", customMessage: cookie);
        }
    }

    [Theory]
    [InlineData("Authorization: Bearer x y")]
    [InlineData("Authorization: Bearer x,y")]
    [InlineData("Authorization: Bearer \"x\"")]
    [InlineData("Authorization: Bearer x\r\nAuthorization: Bearer y")]
    [InlineData("Authorization: Bearer ")]
    [InlineData("Authorization: Basic eA==\r\nCookie: im_session=x")]
    public async Task A_bearer_that_is_no_credential_is_401_and_the_store_is_not_asked(string headers)
    {
        _answer = Says(200, Agent);
        (await RawAsync(headers)).ShouldStartWith("HTTP/1.1 401");
        _asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credential_goes_to_the_store_as_it_came()
    {
        _answer = Says(200, Agent);
        (await RawAsync("Authorization: Bearer sk_aZ09._~-")).ShouldStartWith("HTTP/1.1 200");
        (await RawAsync("Cookie: im_session=aZ09._~-")).ShouldStartWith("HTTP/1.1 200");
        _asked.ShouldBe(["GET /api/v1/me Bearer sk_aZ09._~-", "GET /api/v1/me Bearer aZ09._~-"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"id":"usr_1","kind":"user","user_id":"usr_1","is_admin":false}""")]
    [InlineData("""{"id":"usr_1","kind":"user","user_id":"usr_1","is_admin":true,"account_ids":null}""")]
    [InlineData(
        """{"id":"usr_1","kind":"user","user_id":"usr_1","is_admin":false,"accounts":"listed","account_ids":null,"scopes":["read"]}""")]
    [InlineData("""{"id":null,"kind":"user","user_id":"usr_1","is_admin":false,"accounts":"listed","account_ids":[],"scopes":["read"]}""")]
    [InlineData(
        """{"id":"usr_1","kind":"user","user_id":"usr_1","is_admin":false,"accounts":"all","account_ids":["acc_1"],"scopes":["read"]}""")]
    [InlineData(
        """{"id":"usr_1","kind":"user","user_id":"usr_1","is_admin":false,"accounts":"every","account_ids":[],"scopes":["read"]}""")]
    public async Task An_answer_of_another_shape_lets_nobody_in(string answer)
    {
        _answer = Says(200, answer);
        await IsUnavailableAsync();
    }

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task An_answer_of_another_status_lets_nobody_in(int status)
    {
        _answer = context =>
        {
            context.Response.Headers.Location = "/elsewhere";
            return context.Request.Path == "/elsewhere"
                ? Says(200, Agent)(context) : status == 204 ? Says(204, "")(context)
                : Says(status, Agent)(context);
        };
        await IsUnavailableAsync();
    }

    [Fact]
    public async Task A_store_that_is_away_is_503_and_says_when_to_come_back()
    {
        await _store.StopAsync();
        await IsUnavailableAsync();
    }

    [Fact]
    public async Task A_store_that_is_dead_is_passed_over_for_the_next_one()
    {
        using var stores = new Stores { Dead = "one" };
        var source = stores.Source(new FakeTimeProvider());

        (await source.FindAsync("sk_x", TestContext.Current.CancellationToken)).ShouldNotBeNull();
        (await source.FindAsync("sk_x", TestContext.Current.CancellationToken)).ShouldNotBeNull();

        stores.Asked.ShouldBe(["one", "two", "two"]);
    }

    [Fact]
    public async Task A_store_that_is_frozen_costs_one_call_its_patience_and_those_after_it_nothing()
    {
        var (clock, end) = (new FakeTimeProvider(), TestContext.Current.CancellationToken);
        using var stores = new Stores { Frozen = "one" };
        var source = stores.Source(clock);

        var first = source.FindAsync("sk_x", end).AsTask();
        stores.Asked.ShouldBe(["one"]);
        clock.Advance(RemoteCallerSource.Patience);
        (await first.WaitAsync(Patience.Long, end)).ShouldNotBeNull();
        (await source.FindAsync("sk_x", end).AsTask().WaitAsync(Patience.Long, end)).ShouldNotBeNull();
        stores.Asked.ShouldBe(["one", "two", "two"]);

        // The first is asked again once the second fails.
        stores.Frozen = "two";
        var second = source.FindAsync("sk_x", end).AsTask();
        clock.Advance(RemoteCallerSource.Patience);
        (await second.WaitAsync(Patience.Long, end)).ShouldNotBeNull();
        stores.Asked.ShouldBe(["one", "two", "two", "two", "one"]);
    }

    [Fact]
    public async Task When_no_store_answers_each_was_asked_once()
    {
        using var stores = new Stores { Dead = "one", Frozen = "two" };
        var clock = new FakeTimeProvider();

        var asking = stores.Source(clock).FindAsync("sk_x", TestContext.Current.CancellationToken).AsTask();
        clock.Advance(RemoteCallerSource.Patience);

        await Should.ThrowAsync<StoreUnavailableException>(() => asking.WaitAsync(Patience.Long));
        stores.Asked.ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task All_accounts_is_said_in_words()
    {
        _answer = Says(
            200,
            """{"id":"usr_1","kind":"user","user_id":"usr_1","is_admin":true,"accounts":"all","account_ids":"""
                + """[],"scopes":["read","send","manage"]}""");
        using var response = await AskAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        _answer = Says(
            200,
            """{"id":"usr_1","kind":"user","user_id":"usr_1","is_admin":true,"accounts":"all","account_ids":"""
                + """[],"scopes":["read"],"since":"a newer store"}""");
        using var newer = await AskAsync();
        newer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_that_ends_is_known_as_one()
    {
        _answer = Says(200, Agent[..^1] + ""","expires_at":"2026-12-01T10:00:00Z"}""");
        using var response = await AskAsync();
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("expires_at").GetDateTimeOffset()
            .ShouldBe(DateTimeOffset.Parse("2026-12-01T10:00:00Z"));
    }

    private static Task Unauthorized(HttpContext context) => Says(401, "{}")(context);

    private static Func<HttpContext, Task> Says(int status, string body) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (body.Length > 0) await context.Response.WriteAsync(body);
    };

    private Task<HttpResponseMessage> AskAsync() =>
        _service.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/who")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "sk_x") },
        });

    private async Task IsUnavailableAsync()
    {
        using var response = await AskAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("store_unavailable");
    }

    /// <summary>The request as the bytes that it is: no client library between the test and the service mends it.</summary>
    private async Task<string> RawAsync(string headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_service.App.Urls.First()).Port);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.Latin1.GetBytes($"GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Two stores that answer at once, but for one that is dead and one that keeps whoever asks it waiting.</summary>
    private sealed class Stores : HttpMessageHandler
    {
        public string? Dead { get; init; }

        public string? Frozen { get; set; }

        /// <summary>The hosts that were asked, in order.</summary>
        public ConcurrentQueue<string> Asked { get; } = [];

        public RemoteCallerSource Source(TimeProvider clock) => new(
            new HttpClient(this, disposeHandler: false),
            new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?> { ["Services:Store"] = "http://one,http://two" }).Build(),
            clock);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var host = request.RequestUri!.Host;
            Asked.Enqueue(host);
            if (host == Dead) throw new HttpRequestException("Nobody listens there.");
            if (host == Frozen) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return new HttpResponseMessage { Content = new StringContent(Agent, Encoding.UTF8, "application/json") };
        }
    }
}
