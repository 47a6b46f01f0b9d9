using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;

namespace InstaMessenger.Tests.CrmForwarder;

public sealed class DeliveryApiTests : IAsyncLifetime
{
    private static readonly AccountId Mine = AccountId.Parse("acc_1");
    private static readonly AccountId Theirs = AccountId.Parse("acc_2");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
        await _host.LinkAsync(Mine, _crm.Url("/mine"));
        await _host.LinkAsync(Theirs, _crm.Url("/theirs"));
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Endpoints_are_listed_for_the_caller_s_accounts_alone_and_without_secrets()
    {
        var list = await GetAsync(Mine, "/api/v1/webhook-endpoints");
        list.GetProperty("data").GetArrayLength().ShouldBe(1);
        list.GetProperty("data")[0].GetProperty("id").GetString().ShouldBe("whe_1");
        list.GetProperty("data")[0].GetProperty("state").GetString().ShouldBe("active");
        list.GetRawText().ShouldNotContain("whsec_");
        (await GetAsync(null, "/api/v1/webhook-endpoints")).GetProperty("data").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Pages_of_endpoints_follow_on_each_other()
    {
        var first = await GetAsync(null, "/api/v1/webhook-endpoints?limit=1");
        var second = await GetAsync(null, "/api/v1/webhook-endpoints?limit=1&cursor=" + first.GetProperty("next_cursor").GetString());
        second.GetProperty("data")[0].GetProperty("id").GetString().ShouldBe("whe_2");
    }

    [Fact]
    public async Task Deliveries_are_listed_page_by_page_with_their_attempts()
    {
        _crm.Answer = (request, context) =>
        {
            if (request.Path == "/mine") context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await _host.PublishAsync([.. Enumerable.Range(0, 5).Select(_ => _host.Event(Mine))]);
        await _host.LoggedAsync("delivery.failed", times: 5);

        var (seen, cursor) = (new List<long>(), "");
        do
        {
            var page = await GetAsync(Mine, $"/api/v1/webhook-endpoints/whe_1/deliveries?limit=2{cursor}");
            foreach (var row in page.GetProperty("data").EnumerateArray())
            {
                seen.Add(row.GetProperty("id").GetInt64());
                row.GetProperty("state").GetString().ShouldBe("pending");
                row.GetProperty("log")[0].GetProperty("status").GetInt32().ShouldBe(500);
                row.GetProperty("next_attempt_at").ValueKind.ShouldBe(JsonValueKind.String);
                row.TryGetProperty("body", out _).ShouldBeFalse();
            }

            cursor = page.GetProperty("next_cursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);
        seen.Order().ShouldBe([1, 2, 3, 4, 5]);

        (await GetAsync(Mine, "/api/v1/webhook-endpoints/whe_1/deliveries?state=dead")).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_list_shows_what_waits_for_its_retry_and_what_is_of_a_type()
    {
        var (fails, read) = (_host.Event(Mine), _host.Event(Mine) with { Type = "message.read" });
        _crm.Answer = (post, context) =>
        {
            if (post.Id == fails.Id.Value) context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await _host.PublishAsync(fails, read);
        await _host.LoggedAsync("delivery.failed", "delivery.delivered");

        (await EventsAsync("?state=waiting")).ShouldBe([fails.Id.Value]);
        (await EventsAsync("?state=pending")).ShouldBe([fails.Id.Value]);
        (await EventsAsync("?state=delivered")).ShouldBe([read.Id.Value]);
        (await EventsAsync("?event_type=message.read")).ShouldBe([read.Id.Value]);
        (await EventsAsync("?event_type=message.read&state=waiting")).ShouldBeEmpty();
        _host.Clock.Advance(TimeSpan.FromSeconds(3.9));
        (await EventsAsync("?state=waiting")).ShouldBe([fails.Id.Value]);

        async Task<List<string?>> EventsAsync(string query) =>
        [
            .. (await GetAsync(Mine, "/api/v1/webhook-endpoints/whe_1/deliveries" + query)).GetProperty("data").EnumerateArray()
                .Select(row => row.GetProperty("event_id").GetString()),
        ];
    }

    [Theory]
    [InlineData("?state=lost", HttpStatusCode.UnprocessableEntity)]
    [InlineData("?cursor=1", HttpStatusCode.BadRequest)]
    [InlineData("?cursor=x-1", HttpStatusCode.BadRequest)]
    [InlineData("?cursor=dDkyMjMzNzIwMzY4NTQ3NzU4MDcuMQ", HttpStatusCode.BadRequest)] // t9223372036854775807.1
    public async Task A_wrong_state_or_cursor_is_refused(string query, HttpStatusCode status)
    {
        using var http = _host.Client(Mine);
        (await http.GetAsync("/api/v1/webhook-endpoints/whe_1/deliveries" + query)).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task What_is_another_tenant_s_is_not_found()
    {
        await _host.PublishAsync(_host.Event(Theirs));
        await _host.LoggedAsync("delivery.delivered");
        using var http = _host.Client(Mine);
        (await http.GetAsync("/api/v1/webhook-endpoints/whe_2/deliveries")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.PostAsync("/api/v1/deliveries/1/redeliver", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.PostAsync("/api/v1/deliveries/99/redeliver", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await _host.OnlyDeliveryAsync()).State.ShouldBe(DeliveryState.Delivered);
    }

    [Fact]
    public async Task A_delivered_event_is_sent_again_on_request()
    {
        await _host.PublishAsync(_host.Event(Mine));
        var first = await _crm.NextAsync();
        await _host.LoggedAsync("delivery.delivered");
        using var http = _host.Client(Mine);
        (await http.PostAsync("/api/v1/deliveries/1/redeliver", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await _crm.NextAsync()).Id.ShouldBe(first.Id);
    }

    [Fact]
    public async Task An_endpoint_that_is_disabled_is_not_sent_to_again()
    {
        _crm.Fail(410);
        await _host.PublishAsync(_host.Event(Mine));
        await _host.LoggedAsync("endpoint.disabled");
        using var http = _host.Client(Mine);
        (await http.PostAsync("/api/v1/deliveries/1/redeliver", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await GetAsync(Mine, "/api/v1/webhook-endpoints")).GetProperty("data")[0].GetProperty("state").GetString().ShouldBe("disabled");
    }

    [Theory]
    [InlineData("GET", "/api/v1/webhook-endpoints")]
    [InlineData("GET", "/api/v1/webhook-endpoints/whe_1/deliveries")]
    [InlineData("POST", "/api/v1/deliveries/1/redeliver")]
    [InlineData("GET", "/api/v1/dead-letters/crm-forwarder")]
    public async Task Nobody_gets_in_without_a_credential(string method, string path)
    {
        using var http = _host.Client(Mine);
        http.DefaultRequestHeaders.Authorization = null;
        (await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<JsonElement> GetAsync(AccountId? account, string path)
    {
        using var http = _host.Client(account);
        return await http.GetFromJsonAsync<JsonElement>(path);
    }
}
