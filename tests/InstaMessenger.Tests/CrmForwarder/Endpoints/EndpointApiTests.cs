using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.CrmForwarder.Endpoints;

/// <summary>Endpoints by the API, with real posts.</summary>
public sealed class EndpointApiTests : IAsyncLifetime
{
    private const string Path = "/api/v1/webhook-endpoints";

    private static readonly AccountId Mine = AccountId.Parse("acc_1");
    private static readonly AccountId Theirs = AccountId.Parse("acc_2");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
        await _host.LinkAsync(Mine, null);
        await _host.LinkAsync(Theirs, null);
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Every_endpoint_of_an_account_gets_its_events_and_those_of_all_accounts_get_all()
    {
        await MakeAsync(Mine, new { url = _crm.Url("/a"), account_ids = new[] { "acc_1" } });
        await MakeAsync(Mine, new { url = _crm.Url("/b"), account_ids = new[] { "acc_1" } });
        await MakeAsync(null, new { url = _crm.Url("/all") });
        await _host.PublishAsync(_host.Event(Mine), _host.Event(Theirs));

        (await _crm.NextAsync(4)).Select(post => post.Path).ShouldBe(["/a", "/b", "/all", "/all"], ignoreOrder: true);
    }

    [Fact]
    public async Task Only_the_types_that_were_asked_for_are_posted()
    {
        await MakeAsync(Mine, new { url = _crm.Url("/reads"), account_ids = new[] { "acc_1" }, event_types = new[] { "message.read" } });
        await _host.PublishAsync(_host.Event(Mine), _host.Event(Mine) with { Type = "message.read" });

        await _crm.NextAsync();
        await _host.LoggedAsync("delivery.delivered");
        (await _host.OnlyDeliveryAsync()).EventType.ShouldBe("message.read");
    }

    [Fact]
    public async Task Its_headers_go_with_each_post_and_credentials_among_them_are_not_shown()
    {
        var headers = new TaskCompletionSource<(string, string)>();
        _crm.Answer = (_, context) =>
        {
            headers.TrySetResult((context.Request.Headers["X-Team"].ToString(), context.Request.Headers.Authorization.ToString()));
            return Task.CompletedTask;
        };
        var made = await MakeAsync(Mine, new
        {
            url = _crm.Url("/"), account_ids = new[] { "acc_1" },
            headers = new Dictionary<string, string> { ["X-Team"] = "red", ["Authorization"] = "Bearer canary" },
        });
        await _host.PublishAsync(_host.Event(Mine));

        (await headers.Task.WaitAsync(Patience.Long)).ShouldBe(("red", "Bearer canary"));
        made.GetProperty("headers").GetProperty("X-Team").GetString().ShouldBe("red");
        made.GetRawText().ShouldNotContain("canary");
        (await _host.ReadAsync(db => db.Endpoints.SingleAsync())).ProtectedHeaders!.ShouldNotContain("canary");

        using var http = _host.Client(Mine);
        var kept = await http.PatchAsJsonAsync(Of(made), new { headers = new Dictionary<string, string> { ["Authorization"] = "***" } });
        kept.StatusCode.ShouldBe(HttpStatusCode.OK);
        var again = new TaskCompletionSource<(string, string)>();
        headers = again;
        await _host.PublishAsync(_host.Event(Mine));
        (await again.Task.WaitAsync(Patience.Long)).ShouldBe(("", "Bearer canary"));
    }

    [Theory]
    [InlineData("webhook-id")]
    [InlineData("Content-Type")]
    [InlineData("Connection")]
    [InlineData("X-Hub-Signature-256")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Proxy-Authorization")]
    [InlineData("a b")]
    public async Task A_header_of_ours_or_of_the_connection_is_refused(string name) => await RefusedAsync(
        "headers", new { url = _crm.Url("/"), account_ids = new[] { "acc_1" }, headers = new Dictionary<string, string> { [name] = "x" } });

    [Fact]
    public async Task What_is_wrong_is_named()
    {
        await RefusedAsync("url", new { url = "ftp://crm.example", account_ids = new[] { "acc_1" } });
        await RefusedAsync(
            "event_types", new { url = _crm.Url("/"), account_ids = new[] { "acc_1" }, event_types = new[] { "message.lost" } });
        await RefusedAsync("account_ids", new { url = _crm.Url("/") });
        await RefusedAsync("max_per_second", new { url = _crm.Url("/"), account_ids = new[] { "acc_1" }, max_per_second = 0 });
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_after_a_rotation_both_sign_for_a_day()
    {
        var made = await MakeAsync(Mine, new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        var first = made.GetProperty("secret").GetString()!;
        first.ShouldStartWith("whsec_");
        using var http = _host.Client(Mine);
        (await http.GetStringAsync(Of(made))).ShouldNotContain("whsec_");
        var second = (await SendAsync(HttpMethod.Post, Of(made) + "/rotate-secret")).GetProperty("secret").GetString()!;

        await _host.PublishAsync(_host.Event(Mine));
        Signs(await _crm.NextAsync()).ShouldBe([second, first, second]);

        _host.Clock.Advance(TimeSpan.FromHours(25));
        await _host.PublishAsync(_host.Event(Mine));
        Signs(await _crm.NextAsync()).ShouldBe([second]);

        IEnumerable<string> Signs(CrmRequest post) => post.Signature.Split(' ')
            .Select(signature => new[] { first, second }.Single(secret => SignatureOf(post, secret) == signature));
        string SignatureOf(CrmRequest post, string secret) =>
            WebhookSigner.Standard([WebhookSigner.KeyOf(secret)], post.Id, long.Parse(post.Timestamp), post.Body);
    }

    [Fact]
    public async Task A_new_secret_of_an_account_s_own_endpoint_stands_until_the_account_gives_another()
    {
        await _host.LinkAsync(Mine, _crm.Url("/own"), version: 2);
        var made = (await SendAsync(HttpMethod.Post, Path + "/whe_1/rotate-secret")).GetProperty("secret").GetString()!;
        await _host.PublishAsync(_host.Event(Mine, version: 2));
        var post = await _crm.NextAsync();
        post.Signature.Split(' ').Distinct().Count().ShouldBe(2);
        post.HubSignature.ShouldBe(WebhookSigner.Hub(WebhookSigner.KeyOf(made), post.Body));

        using var http = _host.Client(Mine);
        (await http.PatchAsJsonAsync(Path + "/whe_1", new { url = _crm.Url("/other") })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await http.DeleteAsync(Path + "/whe_1")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_test_is_posted_once_and_tells_what_the_endpoint_answers()
    {
        _crm.Answer = (_, context) =>
        {
            context.Response.StatusCode = 422;
            return context.Response.WriteAsync("no such tenant");
        };
        var made = await MakeAsync(Mine, new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        var result = await SendAsync(HttpMethod.Post, Of(made) + "/test");

        (await _crm.NextAsync()).Id.ShouldBe(result.GetProperty("event_id").GetString());
        result.GetProperty("delivered").GetBoolean().ShouldBeFalse();
        result.GetProperty("status").GetInt32().ShouldBe(422);
        result.GetProperty("answer").GetString().ShouldBe("no such tenant");
        (await _host.ReadAsync(db => db.Deliveries.CountAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task A_paused_endpoint_keeps_its_events_and_posts_them_once_it_is_resumed()
    {
        var made = await MakeAsync(Mine, new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        (await ChangeAsync(made, new { state = "paused" })).GetProperty("state").GetString().ShouldBe("paused");
        await _host.PublishAsync(_host.Event(Mine));
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        _crm.HasMore.ShouldBeFalse();
        (await _host.OnlyDeliveryAsync()).State.ShouldBe(DeliveryState.Pending);

        await ChangeAsync(made, new { state = "active" });
        await _crm.NextAsync();
    }

    [Fact]
    public async Task A_deleted_endpoint_gets_nothing_more_and_is_not_found()
    {
        var made = await MakeAsync(Mine, new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        using var http = _host.Client(Mine);
        (await http.DeleteAsync(Of(made))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await http.GetAsync(Of(made))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.DeleteAsync(Of(made))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await _host.PublishAsync(_host.Event(Mine));
        (await _host.ReadAsync(db => db.Deliveries.CountAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_given_up_is_posted_again_in_one_call_and_each_attempt_tells_what_was_answered()
    {
        _crm.Answer = (_, context) =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync(new string('x', 5_000));
        };
        var made = await MakeAsync(Mine, new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        await _host.PublishAsync(_host.Event(Mine), _host.Event(Mine));
        // Answered before the clock goes: in hours the fifteen seconds would be over at once.
        await _host.LoggedAsync("delivery.failed", "delivery.failed");
        await _host.AdvanceUntilAsync(_host.LoggedAsync("delivery.dead", times: 2), TimeSpan.FromHours(1));
        var dead = (await GetAsync(Mine, Of(made) + "/deliveries?state=dead")).GetProperty("data");
        dead.GetArrayLength().ShouldBe(2);
        var first = dead[0].GetProperty("log")[0];
        // On a busy machine an answer's body may come too late for some.
        dead.EnumerateArray().SelectMany(row => row.GetProperty("log").EnumerateArray())
            .Select(row => row.GetProperty("answer").GetString())
            .ShouldContain(answer => answer != null && answer.Length == DeliveryAttempt.MostAnswer);
        first.GetProperty("message").GetString().ShouldBe("It answered 500; 200 to 299 is success.");
        first.GetProperty("next_attempt_at").ValueKind.ShouldBe(JsonValueKind.String);
        var one = await GetAsync(Mine, $"/api/v1/deliveries/{dead[0].GetProperty("id").GetInt64()}");
        one.GetProperty("log").GetArrayLength().ShouldBe(RetrySchedule.MostAttempts);

        _crm.Succeed();
        var again = await SendAsync(HttpMethod.Post, Of(made) + "/redeliver", new { });
        again.GetProperty("redelivered").GetInt32().ShouldBe(2);
        // It failed twenty times in a row, so that it is tried now and then at first.
        await _host.AdvanceUntilAsync(_host.LoggedAsync("delivery.delivered", "delivery.delivered"), TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task An_endpoint_that_only_fails_for_five_days_is_paused_and_told_and_loses_nothing()
    {
        _crm.Fail(500);
        var made = await MakeAsync(Mine, new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } });
        await _host.PublishAsync(_host.Event(Mine));
        await _host.LoggedAsync("delivery.failed");
        await _host.AdvanceUntilAsync(_host.LoggedAsync("delivery.dead"), TimeSpan.FromHours(1));
        _host.Clock.Advance(TimeSpan.FromDays(3));
        await _host.PublishAsync(_host.Event(Mine));
        await _host.LoggedAsync("delivery.failed");

        var endpoint = await GetAsync(Mine, Of(made));
        endpoint.GetProperty("state").GetString().ShouldBe("paused");
        endpoint.GetProperty("reason").GetString().ShouldBe("failing");
        (await _host.ReadAsync(db => db.Deliveries.CountAsync(row => row.State == DeliveryState.Pending))).ShouldBe(1);
        (await ChangeAsync(made, new { state = "active" })).GetProperty("failing_since").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task In_an_ordered_endpoint_a_conversation_waits_behind_what_is_tried_again()
    {
        var seen = new HashSet<string>();
        _crm.Answer = (post, context) =>
        {
            // Each fails once, and the one that failed must be taken before the next one is tried at all.
            if (seen.Add(post.Id)) context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await MakeAsync(Mine, new { url = _crm.Url("/"), account_ids = new[] { "acc_1" }, ordered = true });
        var events = Enumerable.Range(0, 4).Select(_ => _host.Event(Mine, "conv_1")).ToArray();
        await _host.PublishAsync(events);
        await _host.AdvanceUntilAsync(_host.LoggedAsync("delivery.delivered", times: 4), TimeSpan.FromSeconds(1));

        (await _crm.NextAsync(8)).Select(post => post.Id).ShouldBe(events.SelectMany(e => new[] { e.Id.Value, e.Id.Value }));
    }

    [Fact]
    public async Task An_account_that_is_linked_anew_has_left_the_endpoints_of_before()
    {
        await MakeAsync(Mine, new { url = _crm.Url("/before"), account_ids = new[] { "acc_1" } });
        await _host.LinkAsync(Mine, null, version: 2, unlinked: true);
        await _host.LinkAsync(Mine, _crm.Url("/now"), version: 3);
        await _host.PublishAsync(_host.Event(Mine, version: 3));

        (await _crm.NextAsync()).Path.ShouldBe("/now");
        (await _host.ReadAsync(db => db.Deliveries.CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task Another_tenant_s_endpoint_can_be_neither_seen_nor_changed_and_his_accounts_not_be_tapped()
    {
        var theirs = Of(await MakeAsync(Theirs, new { url = _crm.Url("/"), account_ids = new[] { "acc_2" } }));
        using var http = _host.Client(Mine);
        (await http.GetAsync(theirs)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.PatchAsJsonAsync(theirs, new { url = _crm.Url("/mine") })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.DeleteAsync(theirs)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync(theirs + "/deliveries")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var action in new[] { "rotate-secret", "test" })
            (await http.PostAsync($"{theirs}/{action}", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.PostAsJsonAsync(theirs + "/redeliver", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync(Mine, Path)).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await http.PostAsJsonAsync(Path, new { url = _crm.Url("/"), account_ids = new[] { "acc_2" } })).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
        var own = Of(await MakeAsync(Mine, new { url = _crm.Url("/"), account_ids = new[] { "acc_1" } }));
        (await http.PatchAsJsonAsync(own, new { account_ids = new[] { "acc_1", "acc_2" } })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await http.PatchAsJsonAsync(own, new { account_ids = (string[]?)null })).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        _crm.HasMore.ShouldBeFalse();
    }

    private static string Of(JsonElement endpoint) => $"{Path}/{endpoint.GetProperty("id").GetString()}";

    private async Task<JsonElement> MakeAsync(AccountId? caller, object body)
    {
        using var http = _host.Client(caller);
        using var answer = await http.PostAsJsonAsync(Path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task RefusedAsync(string field, object body)
    {
        using var http = _host.Client(Mine);
        using var answer = await http.PostAsJsonAsync(Path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    private Task<JsonElement> ChangeAsync(JsonElement endpoint, object body) => SendAsync(HttpMethod.Patch, Of(endpoint), body);

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var http = _host.Client(Mine);
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> GetAsync(AccountId? caller, string path)
    {
        using var http = _host.Client(caller);
        return await http.GetFromJsonAsync<JsonElement>(path);
    }
}
