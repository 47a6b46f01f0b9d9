using InstaMessenger.Contracts.Events;
using InstaMessenger.Store.Access;

namespace InstaMessenger.Tests.Store.Access;

public sealed class ChangePasswordTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private const string Old = StoreOverHttp.AgentPassword;
    private const string New = "another password";

    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task Who_changes_his_own_password_stays_signed_in_here_and_nowhere_else()
    {
        var (id, here) = await Store.AgentAsync("own");
        var (elsewhere, key) = (
            await Store.SignInAsync("own", Old), (await Store.PostAsync("/api/v1/api-keys", here, new { name = "k" })).Text("key"));
        var changes = Store.Get<AccessChanges>();
        var seen = changes.Version;

        (await ChangeAsync(id, here, new { old_password = Old, new_password = New })).Status.ShouldBe(204);

        changes.Version.ShouldBeGreaterThan(seen);
        (await Store.GetAsync("/api/v1/me", here)).Status.ShouldBe(200);
        (await Store.GetAsync("/api/v1/me", elsewhere)).Status.ShouldBe(401);
        (await Store.GetAsync("/api/v1/me", key)).Status.ShouldBe(200);
        (await Store.TrySignInAsync("own", Old)).Status.ShouldBe(401);
        (await Store.TrySignInAsync("own", New)).Status.ShouldBe(200);
        var told = (await Store.OutboxAsync<ActionTaken>(id)).Last();
        (told.Action, told.ActorName, told.Changes).ShouldBe(
            ("user.password_changed", "own", """{"password":{"old":"[secret]","new":"[secret]"}}"""));
    }

    [Fact]
    public async Task An_admin_sets_somebody_elses_password_and_all_of_their_sessions_end()
    {
        var (id, token) = await Store.AgentAsync("forgetful");

        (await ChangeAsync(id, fixture.Admin, new { new_password = New, old_password = Old })).FaultyFields().ShouldBe(["old_password"]);
        (await ChangeAsync(id, fixture.Admin, new { new_password = New })).Status.ShouldBe(204);

        (await Store.GetAsync("/api/v1/me", token)).Status.ShouldBe(401);
        (await Store.TrySignInAsync("forgetful", New)).Status.ShouldBe(200);
        (await ChangeAsync("usr_none", fixture.Admin, new { new_password = New })).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Nobody_changes_a_password_that_is_not_theirs_to_change()
    {
        var ((id, token), (other, _)) = (await Store.AgentAsync("taker"), await Store.AgentAsync("taken"));
        var key = (await Store.PostAsync(
            "/api/v1/api-keys", token, new { name = "k", scopes = StoreOverHttp.AllScopes })).Text("key");
        var admins = (await Store.PostAsync(
            "/api/v1/api-keys", fixture.Admin, new { name = "manages", scopes = new[] { "manage" } })).Text("key");

        (await ChangeAsync(other, token, new { new_password = New })).Code.ShouldBe("not_found");
        (await ChangeAsync(id, key, new { new_password = New, old_password = Old })).Code.ShouldBe("session_needed");
        (await ChangeAsync(other, admins, new { new_password = New })).Code.ShouldBe("scope_exceeded");
        (await ChangeAsync(id, token, new { new_password = New })).FaultyFields().ShouldBe(["old_password"]);
        (await ChangeAsync(id, token, new { new_password = "short", old_password = Old })).FaultyFields().ShouldBe(["new_password"]);
        (await Store.TrySignInAsync("taken", Old)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Guessing_the_old_password_is_as_slow_as_signing_in()
    {
        var (id, token) = await Store.AgentAsync("guessed");

        for (var n = 0; n < SignInThrottle.MostPerPair; n++)
            (await ChangeAsync(id, token, new { new_password = New, old_password = "a guess" })).Code.ShouldBe("wrong_password");

        var slowed = await ChangeAsync(id, token, new { new_password = New, old_password = Old });
        (slowed.Status, slowed.Code).ShouldBe((429, "rate_limited"));
        slowed.Headers.ShouldContainKey("Retry-After");
        (await Store.TrySignInAsync("guessed", Old)).Status.ShouldBe(429);
    }

    [Fact]
    public async Task A_session_says_whose_it_is_and_until_when()
    {
        var (id, token) = await Store.AgentAsync("watcher");

        var session = await Store.GetAsync("/ui/session", token);

        session.Json.GetProperty("user").GetProperty("id").GetString().ShouldBe(id);
        session.Json.GetProperty("user").GetProperty("username").GetString().ShouldBe("watcher");
        session.Text("expires_at").ShouldEndWith("Z");
        var key = (await Store.PostAsync("/api/v1/api-keys", token, new { name = "k" })).Text("key");
        (await Store.GetAsync("/ui/session", key)).Status.ShouldBe(404);
    }

    private Task<Answer> ChangeAsync(string id, string credential, object body) =>
        Store.PostAsync($"/api/v1/users/{id}/password", credential, body);
}
