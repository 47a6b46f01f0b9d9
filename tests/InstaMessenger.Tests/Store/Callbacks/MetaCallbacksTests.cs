using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Erasures;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Callbacks;

/// <summary>What Meta tells of owners who leave.</summary>
public sealed class MetaCallbacksTests : IAsyncLifetime
{
    private const string Deauthorize = "/webhooks/instagram/deauthorize";
    private const string Deletion = "/webhooks/instagram/data-deletion";
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private StoreOverHttp _store = null!;
    private string _admin = "";
    private string _account = "";

    public async ValueTask InitializeAsync()
    {
        _store = await StoreOverHttp.StartAsync(
            _clock,
            ("Public:BaseUrl", "https://inbox.example"),
            ("Instagram:Apps:0:AppId", "77"),
            ("Instagram:Apps:0:AppSecret", "the secret of 77"),
            ("Instagram:Apps:1:AppId", "88"),
            ("Instagram:Apps:1:AppSecret", "the secret of 88"),
            ("Instagram:Apps:2:AppId", "99"));
        _admin = await _store.SignInAsync();
        var linked = await _store.PostAsync("/api/v1/accounts", _admin, new
        {
            instagram_account_id = "5001", username = "shop", access_token = "IGAA.5001.6001",
        });
        _account = linked.Json.GetProperty("id").GetString()!;
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("the secret of 77")]
    [InlineData("the secret of 88")]
    public async Task Whoever_removes_the_app_is_unlinked_whichever_apps_secret_signs_it(string secret)
    {
        (await PostAsync(Deauthorize, Signed(secret, "6001"))).Status.ShouldBe(200);

        (await _store.GetAsync("/api/v1/accounts", _admin)).Json.GetProperty("data").GetArrayLength().ShouldBe(0);
        // Again, and after it was unlinked, it is no fault.
        (await PostAsync(Deauthorize, Signed(secret, "6001"))).Status.ShouldBe(200);
        await using var db = await _store.Get<IDbContextFactory<StoreDbContext>>().CreateDbContextAsync();
        (await db.Set<Erasure>().CountAsync()).ShouldBe(0);
        (await db.Events.CountAsync(row => row.Type == "account.disconnected")).ShouldBe(1);
    }

    [Fact]
    public async Task The_id_that_everybody_may_know_finds_nothing_unless_the_app_is_the_accounts()
    {
        (await PostAsync(Deauthorize, Signed("the secret of 88", "5001"))).Status.ShouldBe(200);

        (await _store.GetAsync("/api/v1/accounts", _admin)).Json.GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_deletion_is_answered_as_Meta_wants_it_and_its_page_tells_the_truth()
    {
        var request = Signed("the secret of 77", "6001");
        var answer = await PostAsync(Deletion, request);

        answer.Status.ShouldBe(200);
        var code = answer.Json.GetProperty("confirmation_code").GetString()!;
        code.ShouldMatch("^[0-9a-f]{32}$");
        answer.Json.GetProperty("url").GetString().ShouldBe($"https://inbox.example/data-deletion/{code}");
        (await _store.GetAsync("/api/v1/accounts", _admin)).Json.GetProperty("data").GetArrayLength().ShouldBe(0);

        // Nobody else has erased anything yet: the bus takes nothing here.
        (await PageAsync(code)).ShouldContain("This has not ended yet");
        (await StateAsync(code)).ShouldBe("running");
        (await PostAsync(Deletion, request)).Json.GetProperty("confirmation_code").GetString().ShouldBe(code);

        await FinishAsync();
        (await PageAsync(code)).ShouldContain("Everything was deleted by");
        (await StateAsync(code)).ShouldBe("done");
        foreach (var text in new[] { "5001", "6001", _account, "shop" }) (await PageAsync(code)).ShouldNotContain(text);
    }

    [Fact]
    public async Task Of_somebody_who_is_not_known_nothing_was_kept_and_the_page_says_so()
    {
        var answer = await PostAsync(Deletion, Signed("the secret of 77", "404404"));

        (await PageAsync(answer.Json.GetProperty("confirmation_code").GetString()!)).ShouldContain("Nothing of you is kept here");
        (await _store.GetAsync("/api/v1/accounts", _admin)).Json.GetProperty("data").GetArrayLength().ShouldBe(1);
        using var unknown = await _store.Http.GetAsync($"/data-deletion/{new string('0', 32)}");
        ((int)unknown.StatusCode, await unknown.Content.ReadAsStringAsync()).Item1.ShouldBe(404);
    }

    [Fact]
    public async Task Whatever_is_wrong_with_a_request_has_one_answer_and_changes_nothing()
    {
        var good = Signed("the secret of 77", "6001");
        string?[] bad =
        [
            null, "", ".", "x", "x.y", Signed("", "6001"), Signed("another secret", "6001"), good.Replace('.', '_'), good[..^1],
            Signed("the secret of 77", "6001", "HMAC-MD5"), Signed("the secret of 77", "6001' OR 1=1"), "." + good.Split('.')[1],
            new string('a', 9000) + ".b",
        ];
        foreach (var path in (string[])[Deauthorize, Deletion])
        foreach (var text in bad)
        {
            var answer = await PostAsync(path, text);
            (answer.Status, answer.Code).ShouldBe((400, "invalid_signed_request"), text);
            answer.Json.TryGetProperty("detail", out var detail).ShouldBe(detail.ValueKind == JsonValueKind.Null);
        }

        (await _store.GetAsync("/api/v1/accounts", _admin)).Json.GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_is_no_form_or_too_long_is_refused_before_it_is_read()
    {
        (await PostAsync(Deletion, new StringContent("{}", MediaTypeHeaderValue.Parse("application/json")))).Status.ShouldBe(415);
        (await PostAsync(Deletion, new MultipartFormDataContent { { new StringContent("x"), "signed_request" } })).Status.ShouldBe(415);
        (await PostAsync(Deletion, new string('a', 20_000))).Status.ShouldBe(413);
        var chunked = new StreamContent(new MemoryStream(new byte[20_000]));
        chunked.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        chunked.Headers.ContentLength = null;
        (await PostAsync(Deletion, chunked)).Status.ShouldBe(413);
    }

    private Task<Answer> PostAsync(string path, string? signedRequest) => PostAsync(path, new FormUrlEncodedContent(
        signedRequest is null ? [] : [KeyValuePair.Create("signed_request", signedRequest)]));

    private Task<Answer> PostAsync(string path, HttpContent content) =>
        _store.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content });

    private Task<string> PageAsync(string code) => _store.Http.GetStringAsync($"/data-deletion/{code}");

    private async Task<string?> StateAsync(string code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/data-deletion/{code}");
        request.Headers.Accept.ParseAdd("application/json");
        return (await _store.SendAsync(request)).Json.GetProperty("state").GetString();
    }

    /// <summary>Lets the job end, as if the other services had reported.</summary>
    private async Task FinishAsync()
    {
        var work = _store.Get<InstaMessenger.Hosting.Database.IUnitOfWork<StoreDbContext>>();
        var worker = _store.Get<ErasureWorker>();
        for (var round = 0; round < 50; round++)
        {
            await worker.RoundAsync(Patience.Token());
            await work.ExecuteAsync(async scope =>
            {
                foreach (var erasure in await scope.Db.Set<Erasure>().ToListAsync())
                    foreach (var service in new[] { "sender", "crm-forwarder" }) erasure.Report(service, _clock.GetUtcNow());
            });
        }
    }

    private static string Signed(string secret, string user, string algorithm = "HMAC-SHA256")
    {
        var payload = Coded(JsonSerializer.SerializeToUtf8Bytes(new { user_id = user, algorithm, issued_at = 1_291_836_800 }));
        return Coded(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(payload))) + "." + payload;
    }

    private static string Coded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
