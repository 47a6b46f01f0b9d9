using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Store.Data;
using InstaMessenger.Tests.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Standalone;

/// <summary>One key is one request, whatever is made by it and in whichever service.</summary>
public sealed class IdempotencyTests(SignedInProduct product) : IClassFixture<SignedInProduct>
{
    private static int _names = 1000;

    private const string Endpoint = """{"url":"https://example.com/NAME","description":"NAME"}""";

    [Theory]
    [InlineData("/api/v1/users", """{"username":"NAME","password":"a long password","role":"agent"}""")]
    [InlineData("/api/v1/api-keys", """{"name":"NAME"}""")]
    [InlineData("/api/v1/canned-replies", """{"shortcut":"NAME","text":"Hello!"}""")]
    [InlineData("/api/v1/webhook-endpoints", Endpoint)]
    public async Task Of_many_at_once_one_makes_it_and_all_are_answered_the_same(string path, string form)
    {
        var (name, key) = (NewName(), NewName());
        var body = form.Replace("NAME", name, StringComparison.Ordinal);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PostAsync(path, body, key)));

        answers.ShouldAllBe(answer => answer.Status == 201, string.Join('\n', answers.Select(answer => answer.Raw)));
        answers.Select(answer => answer.Raw).Distinct().ShouldHaveSingleItem();
        answers.Select(answer => (answer.Headers.GetValueOrDefault("ETag"), answer.Headers.GetValueOrDefault("Location"))).Distinct()
            .ShouldHaveSingleItem();
        answers.Count(answer => !answer.Headers.ContainsKey("Idempotent-Replayed")).ShouldBe(1);
        var later = await PostAsync(path + "/", $" {body} ", key);
        (later.Raw, later.Headers["Idempotent-Replayed"]).ShouldBe((answers[0].Raw, "true"));
        (await ListedAsync(path, name)).ShouldBe(1);
        (await PostAsync(path, form.Replace("NAME", NewName(), StringComparison.Ordinal), key)).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe(422), answer => answer.Code.ShouldBe("idempotency_key_reused"));
    }

    [Fact]
    public async Task A_secret_that_is_made_anew_is_made_anew_once_and_a_key_counts_for_one_path()
    {
        var (one, other) = (await MadeAsync(), await MadeAsync());
        var key = NewName();

        var first = await PostAsync($"/api/v1/webhook-endpoints/{one}/rotate-secret", null, key);
        var again = await PostAsync($"/api/v1/webhook-endpoints/{one}/rotate-secret", null, key);
        var others = await PostAsync($"/api/v1/webhook-endpoints/{other}/rotate-secret", null, key);

        first.Status.ShouldBe(200, first.Raw);
        again.Raw.ShouldBe(first.Raw);
        again.Headers["Idempotent-Replayed"].ShouldBe("true");
        others.Headers.ShouldNotContainKey("Idempotent-Replayed");
        others.Text("secret").ShouldNotBe(first.Text("secret"));
        (await PostAsync($"/api/v1/webhook-endpoints/{one}/rotate-secret", null, NewName())).Text("secret")
            .ShouldNotBe(first.Text("secret"));

        async Task<string> MadeAsync() => (await PostAsync(
            "/api/v1/webhook-endpoints", Endpoint.Replace("NAME", NewName(), StringComparison.Ordinal), null)).Text("id");
    }

    [Fact]
    public async Task What_is_refused_leaves_its_key_free_and_what_is_done_stays_done_when_it_could_not_be_any_more()
    {
        var (name, key) = (NewName(), NewName());
        var body = $$"""{"shortcut":"{{name}}","text":"Hello!"}""";
        (await PostAsync("/api/v1/canned-replies", body.Replace("Hello!", "", StringComparison.Ordinal), key)).Status.ShouldBe(422);

        var made = await PostAsync("/api/v1/canned-replies", body, key);
        made.Status.ShouldBe(201, made.Raw);
        (await PostAsync("/api/v1/canned-replies", body, NewName())).Code.ShouldBe("shortcut_taken");

        (await PostAsync("/api/v1/canned-replies", body, key)).Raw.ShouldBe(made.Raw);
    }

    [Fact]
    public async Task A_key_is_its_callers_own()
    {
        var key = NewName();
        var mine = await PostAsync("/api/v1/api-keys", """{"name":"mine","scopes":["manage"]}""", key);

        var theirs = await PostAsync("/api/v1/api-keys", """{"name":"mine","scopes":["manage"]}""", key, mine.Text("key"));

        theirs.Status.ShouldBe(201, theirs.Raw);
        theirs.Text("id").ShouldNotBe(mine.Text("id"));
    }

    /// <summary>A password that is right no more would count as a failed sign-in.</summary>
    [Fact]
    public async Task A_password_that_is_changed_is_changed_once()
    {
        var (name, key) = (NewName(), NewName());
        var user = await PostAsync(
            "/api/v1/users", $$"""{"username":"{{name}}","password":"a long password","role":"admin"}""", null);
        var session = (await SendAsync("/ui/session", null, null, $"Basic {Basic(name, "a long password")}")).Text("token");
        var body = """{"old_password":"a long password","new_password":"another long password"}""";

        var path = $"/api/v1/users/{user.Text("id")}/password";
        (await PostAsync(path, body, key, session)).Status.ShouldBe(204);
        (await PostAsync(path, body, key, session)).ShouldSatisfyAllConditions(
            again => again.Status.ShouldBe(204, again.Raw), again => again.Headers["Idempotent-Replayed"].ShouldBe("true"));
        (await PostAsync(path, body, NewName(), session)).Code.ShouldBe("wrong_password");
        (await PostAsync(path, body.Replace("another", "a third", StringComparison.Ordinal), key, session)).Code
            .ShouldBe("idempotency_key_reused");
    }

    [Fact]
    public async Task Nothing_of_an_answer_and_nothing_of_a_request_can_be_read_in_the_tables()
    {
        var (key, name) = (NewName(), NewName());
        var made = await PostAsync("/api/v1/api-keys", $$"""{"name":"{{name}}"}""", key);
        var endpoint = await PostAsync("/api/v1/webhook-endpoints", Endpoint.Replace("NAME", name, StringComparison.Ordinal), key);

        var kept = (await KeptAsync<StoreDbContext>()).Concat(await KeptAsync<CrmForwarderDbContext>()).ToList();

        kept.Count.ShouldBeGreaterThan(1);
        foreach (var secret in new[] { made.Text("key"), endpoint.Text("secret"), name, key, "api-keys" })
            kept.ShouldAllBe(text => !text.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_any_more_is_told_and_nothing_is_made_a_second_time()
    {
        var (key, name) = (NewName(), NewName());
        var body = $$"""{"name":"{{name}}"}""";
        var before = await IdsAsync();
        (await PostAsync("/api/v1/api-keys", body, key)).Status.ShouldBe(201);
        await using (var db = await ContextAsync<StoreDbContext>())
        {
            var rotten = (await IdsAsync()).Except(before).Single();
            await db.Set<KeptAnswer>().Where(row => row.Id == rotten)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Content, new byte[] { 1, 2, 3 }));
        }

        (await PostAsync("/api/v1/api-keys", body, key)).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe(409), answer => answer.Code.ShouldBe("idempotency_answer_lost"));
        (await ListedAsync("/api/v1/api-keys", name)).ShouldBe(1);

        async Task<List<string>> IdsAsync()
        {
            await using var db = await ContextAsync<StoreDbContext>();
            return await db.Set<KeptAnswer>().Select(row => row.Id).ToListAsync();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("LONG")]
    public async Task A_key_that_is_none_is_refused_and_named(string key)
    {
        var answer = await PostAsync("/api/v1/api-keys", """{"name":"none"}""", key == "LONG" ? new string('k', 256) : key);

        (answer.Status, answer.Code).ShouldBe((422, "validation_failed"));
        answer.FaultyFields().ShouldBe(["idempotency_key"]);
    }

    private static string NewName() => $"n{Interlocked.Increment(ref _names)}";

    private static string Basic(string name, string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"));

    private async Task<int> ListedAsync(string path, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path + "?limit=200");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", product.Admin);
        using var response = await product.Http.SendAsync(request);
        var list = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("data").EnumerateArray();
        return list.Count(row => row.GetRawText().Contains($"\"{name}\"", StringComparison.Ordinal));
    }

    private Task<Answer> PostAsync(string path, string? body, string? key, string? credential = null) =>
        SendAsync(path, body, key, "Bearer " + (credential ?? product.Admin));

    private async Task<Answer> SendAsync(string path, string? body, string? key, string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var response = await product.Http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    private Task<TContext> ContextAsync<TContext>()
        where TContext : DbContext => product.Services.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContextAsync();

    private async Task<List<string>> KeptAsync<TContext>()
        where TContext : DbContext
    {
        await using var db = await ContextAsync<TContext>();
        var rows = await db.Set<KeptAnswer>().Select(row => new { row.Id, row.Content }).ToListAsync();
        return rows.ConvertAll(row => row.Id + Encoding.Latin1.GetString(row.Content));
    }
}
