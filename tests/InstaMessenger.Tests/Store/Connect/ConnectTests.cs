using System.Net.Http.Json;
using System.Web;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Settings;
using InstaMessenger.Store.Connect;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Connect;

/// <summary>The word that goes to Meta and comes back.</summary>
public sealed class ConnectTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private StoreOverHttp _store = null!;
    private string _admin = "";

    public async ValueTask InitializeAsync()
    {
        _store = await StoreOverHttp.StartAsync(
            _clock,
            ("Public:BaseUrl", "https://inbox.example"),
            ("Instagram:Apps:0:AppId", "77"),
            ("Instagram:Apps:0:LoginType", "instagram"),
            ("Instagram:Apps:1:AppId", "88"),
            ("Instagram:Apps:1:LoginType", "facebook"),
            ("Instagram:Apps:1:ConfigId", "99"));
        _admin = await _store.SignInAsync();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("instagram", "https://www.instagram.com/oauth/authorize", "77", "scope")]
    [InlineData("facebook", "https://www.facebook.com/v26.0/dialog/oauth", "88", "config_id")]
    public async Task Each_login_has_its_page_its_app_and_its_permissions(string login, string page, string app, string asks)
    {
        var url = await BeginAsync(new { login_type = login });

        url.GetLeftPart(UriPartial.Path).ShouldBe(page);
        var query = HttpUtility.ParseQueryString(url.Query);
        (query["client_id"], query["redirect_uri"], query["response_type"])
            .ShouldBe((app, "https://inbox.example/oauth/instagram/callback", "code"));
        query[asks].ShouldNotBeNullOrEmpty();
        query["state"]!.Length.ShouldBe(64);
    }

    [Fact]
    public void A_browser_is_sent_to_the_address_that_browsers_know()
    {
        var options = new ConnectOptions { GraphBaseUrl = new Uri("http://simulator:8090") };
        Host().ShouldBe("simulator:8090");
        options.AuthorizeBaseUrl = new Uri("http://localhost:8090");
        Host().ShouldBe("localhost:8090");

        string Host() => options.AuthorizeUrl(LoginType.Instagram, new InstagramApp { AppId = "77" }, "https://x.example", "s").Authority;
    }

    [Fact]
    public async Task What_comes_back_in_time_connects_for_the_user_who_began_and_for_once()
    {
        var (_, agent) = await _store.AgentAsync("connector");
        var state = StateOf(await BeginAsync(new { return_to = "/accounts#list" }, agent));

        var landed = await BackAsync(state, "IGAA.5001.6001");

        landed.ShouldMatch("^/accounts\\?connected=acc_[0-9a-f]+#list$");
        (await _store.GetAsync("/api/v1/accounts", agent)).Ids().Count.ShouldBe(1);
        (await BackAsync(state, "IGAA.5001.6001")).ShouldBe("400");
        var account = (await _store.GetAsync("/api/v1/accounts", agent)).Json.GetProperty("data")[0];
        (account.GetProperty("app_id").GetString(), account.GetProperty("instagram_account_id").GetString()).ShouldBe(("77", "5001"));
    }

    [Fact]
    public async Task After_ten_minutes_it_is_over()
    {
        var state = StateOf(await BeginAsync(new { }));
        _clock.Advance(TimeSpan.FromMinutes(10.1));
        (await BackAsync(state, "IGAA.5002")).ShouldBe("400");
    }

    /// <summary>Somebody begins, and has another person's browser finish: that person's account would be theirs.</summary>
    [Fact]
    public async Task What_one_browser_began_another_one_cannot_finish()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/instagram/init") { Content = JsonContent.Create(new { }) };
        request.Headers.Add("Cookie", "im_session=" + _admin);
        var begun = await _store.SendAsync(request);
        var cookie = begun.Headers["Set-Cookie"];
        cookie.ShouldContain("samesite=lax");
        cookie.ShouldContain("httponly");
        var state = StateOf(new Uri(begun.Text("authorize_url")));

        (await BackAsync(state, "IGAA.5003")).ShouldBe("400");
        (await BackAsync(state, "IGAA.5003", "im_connect=" + new string('a', 64))).ShouldBe("400");
        (await BackAsync(state, "IGAA.5003", cookie.Split(';')[0])).ShouldStartWith("/?connected=acc_");
    }

    [Fact]
    public async Task A_user_who_is_gone_connects_nothing()
    {
        var (id, agent) = await _store.AgentAsync("gone");
        var state = StateOf(await BeginAsync(new { }, agent));
        (await _store.DeleteAsync("/api/v1/users/" + id, _admin)).Status.ShouldBe(204);

        (await BackAsync(state, "IGAA.5004")).ShouldBe("/?error=unauthorized");
    }

    [Fact]
    public async Task Of_several_Pages_each_is_connected()
    {
        var state = StateOf(await BeginAsync(new { login_type = "facebook" }));
        (await BackAsync(state, "EAA.5005 EAA.5006")).ShouldMatch(@"^/\?connected=acc_[0-9a-f]+&connected=acc_[0-9a-f]+$");
    }

    [Theory]
    [InlineData(null, "/")]
    [InlineData("/accounts?x=1#y", "/accounts?x=1#y")]
    [InlineData("https://inbox.example/accounts", "/accounts")]
    [InlineData("https://inbox.example.evil.example/", null)]
    [InlineData("https://inbox.example@evil.example/", null)]
    [InlineData("http://inbox.example/", null)]
    [InlineData("//evil.example/", null)]
    [InlineData("/\\evil.example/", null)]
    [InlineData("/\t/evil.example/", null)]
    [InlineData("https://inbox.example//evil.example/", null)]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("", null)]
    public void Only_this_site_is_returned_to(string? given, string? path) =>
        ReturnAddress.Read(given, new Uri("https://inbox.example")).ShouldBe(path);

    private static string StateOf(Uri url) => HttpUtility.ParseQueryString(url.Query)["state"]!;

    private async Task<Uri> BeginAsync(object body, string? credential = null)
    {
        var answer = await _store.PostAsync("/oauth/instagram/init", credential ?? _admin, body);
        answer.Status.ShouldBe(200, answer.Raw);
        return new Uri(answer.Text("authorize_url"));
    }

    /// <summary>Comes back with a code; gives where it leads, or the status.</summary>
    private async Task<string> BackAsync(string state, string code, string? cookie = null)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(_store.Http.BaseAddress!, $"/oauth/instagram/callback?state={state}&code={Uri.EscapeDataString(code)}"));
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        using var answer = await http.SendAsync(request);
        return answer.Headers.Location?.ToString() ?? $"{(int)answer.StatusCode}";
    }
}
