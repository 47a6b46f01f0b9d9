using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.CrmForwarder.Endpoints;

/// <summary>
/// Headers that hold credentials are shown to nobody. Whoever could change the address read them at a server of their own.
/// </summary>
public sealed class HiddenHeadersTests : IAsyncLifetime
{
    private const string Path = "/api/v1/webhook-endpoints";

    private static readonly AccountId Mine = AccountId.Parse("acc_1");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private ForwarderHost _host = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ForwarderHost.StartAsync(_directory);
        await _host.LinkAsync(Mine, null);
        _http = _host.Client(Mine);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public static TheoryData<string> NoValues => ["a\r\nX-Injected: yes", "a\ny", "a\ry", "a\0y", "é", " a"];

    [Theory]
    [InlineData("""{"url":"http://127.0.0.1:2/"}""", false)]
    [InlineData("""{"url":"http://127.0.0.2:1/"}""", false)]
    [InlineData("""{"url":"https://127.0.0.1:1/"}""", false)]
    [InlineData("""{"url":"http://127.0.0.1:2/","headers":{"Authorization":"***"}}""", false)]
    [InlineData("""{"url":"http://127.0.0.1:2/","headers":{"Authorization":"Bearer mine"}}""", true)]
    [InlineData("""{"url":"http://127.0.0.1:2/","headers":null}""", true)]
    [InlineData("""{"url":"http://127.0.0.1:1/elsewhere"}""", true)]
    public async Task They_go_to_another_host_only_when_they_are_given_again(string change, bool isTaken)
    {
        var id = await MakeAsync(new() { ["Authorization"] = "Bearer canary", ["X-Team"] = "red" });

        using var answer = await _http.PatchAsJsonAsync($"{Path}/{id}", JsonElement.Parse(change));

        answer.StatusCode.ShouldBe(isTaken ? HttpStatusCode.OK : HttpStatusCode.UnprocessableEntity);
        if (!isTaken) (await answer.Content.ReadAsStringAsync()).ShouldContain("\"headers\"");
    }

    [Fact]
    public async Task Headers_that_everybody_sees_go_along()
    {
        var id = await MakeAsync(new() { ["X-Team"] = "red" });
        using var answer = await _http.PatchAsJsonAsync($"{Path}/{id}", new { url = "http://127.0.0.1:2/" });
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("headers").GetProperty("X-Team").GetString().ShouldBe("red");
    }

    [Theory]
    [InlineData("X-Pass", "hunter2", true)]
    [InlineData("X-Custom", "sk_live_abcdefghijklmnop1", true)]
    [InlineData("X-Team", "the red team of floor 12", false)]
    [InlineData("X-Version", "2026-11", false)]
    public async Task A_value_is_hidden_for_its_name_or_because_it_looks_like_a_credential(string name, string value, bool isHidden)
    {
        var id = await MakeAsync(new() { [name] = value });
        (await _http.GetFromJsonAsync<JsonElement>($"{Path}/{id}")).GetProperty("headers").GetProperty(name).GetString()
            .ShouldBe(isHidden ? "***" : value);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/other", true)]
    [InlineData("http://127.0.0.1:2/", false)]
    [InlineData(null, false)]
    public async Task Those_of_an_accounts_own_endpoint_stay_only_while_its_address_stays_at_the_host(string? moved, bool stay)
    {
        await _host.LinkAsync(Mine, "http://127.0.0.1:1/", version: 2);
        var headers = new { headers = new Dictionary<string, string> { ["Authorization"] = "Bearer canary" } };
        (await _http.PatchAsJsonAsync($"{Path}/whe_1", headers)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await _host.LinkAsync(Mine, moved, version: 3);

        (await _host.ReadAsync(db => db.Endpoints.Select(row => row.ProtectedHeaders != null).SingleAsync())).ShouldBe(stay);
    }

    [Theory]
    [InlineData("https://crm.example/a", "https://CRM.example:443/b?c", true)]
    [InlineData("https://crm.example/", "http://crm.example/", false)]
    [InlineData("https://crm.example/", "https://crm.example:444/", false)]
    [InlineData("https://crm.example/", "https://crm.example.net/", false)]
    [InlineData("https://crm.example/", null, false)]
    public void A_host_is_scheme_name_and_port(string url, string? other, bool isSame) =>
        OutboundRules.IsSameHost(url, other).ShouldBe(isSame);

    [Theory]
    [InlineData("http://127.0.0.1:1/\r\nX: y")]
    [InlineData(" http://127.0.0.1:1/")]
    [InlineData("http://127.0.0.1:1/a b")]
    public async Task An_address_with_blanks_is_refused(string url)
    {
        using var answer = await _http.PostAsJsonAsync(Path, new { url, account_ids = new[] { "acc_1" } });
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [MemberData(nameof(NoValues))]
    public async Task A_value_that_is_none_is_refused(string value)
    {
        var given = new { url = "http://127.0.0.1:1/", account_ids = new[] { "acc_1" }, headers = Team(value) };
        using var answer = await _http.PostAsJsonAsync(Path, given);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("\"headers\"");
    }

    /// <summary>As a restored backup or a person's hand may leave it. A line break in it would begin a second request.</summary>
    [Theory]
    [MemberData(nameof(NoValues))]
    public async Task A_kept_value_that_is_none_fails_its_own_deliveries_and_no_others(string value)
    {
        await using var crm = await TinyCrm.StartAsync();
        var rotten = await MakeAsync(new() { ["X-Team"] = "red" }, crm.Url("/rotten"));
        await MakeAsync([], crm.Url("/good"));
        var secrets = _host.Services.GetRequiredService<EndpointSecrets>();
        await _host.WriteAsync(db =>
        {
            var endpoint = db.Endpoints.Single(row => row.Id == rotten);
            endpoint.ProtectedHeaders = secrets.Protect(endpoint, Team(value));
        });
        await _host.PublishAsync(_host.Event(Mine));

        (await crm.NextAsync()).Path.ShouldBe("/good");
        await _host.LoggedAsync("delivery.delivered", "delivery.failed");
        (await _host.ReadAsync(db => db.Deliveries.Where(row => row.EndpointId == rotten).Select(row => row.LastError).SingleAsync()))
            .ShouldBe("headers_invalid");
        crm.HasMore.ShouldBeFalse();
    }

    private static Dictionary<string, string> Team(string value) => new() { ["X-Team"] = value };

    private async Task<string> MakeAsync(Dictionary<string, string> headers, string url = "http://127.0.0.1:1/")
    {
        using var answer = await _http.PostAsJsonAsync(Path, new { url, account_ids = new[] { "acc_1" }, headers });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
