using InstaMessenger.Store.Access;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Access;

public sealed class UserTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task A_new_user_signs_in_and_sees_the_accounts_that_he_was_given()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var made = await Store.PostAsync(
            "/api/v1/users",
            fixture.Admin,
            new { username = "Newcomer", password = "a: new password", role = "agent", account_ids = new[] { account } });
        made.Status.ShouldBe(201);
        (made.Text("username"), made.Text("role")).ShouldBe(("Newcomer", "agent"));
        made.Raw.ShouldNotContain("password");
        (await Store.GetAsync("/api/v1/accounts", await Store.SignInAsync("newcomer", "a: new password"))).Ids().ShouldBe([account]);
    }

    [Fact]
    public async Task A_username_is_taken_whatever_its_case()
    {
        await Store.AgentAsync("Anna");
        var answer = await Store.PostAsync(
            "/api/v1/users", fixture.Admin, new { username = "aNNA", password = "agent password", role = "agent" });
        answer.Status.ShouldBe(409);
        answer.Code.ShouldBe("username_taken");
    }

    [Fact]
    public async Task Of_several_who_take_a_username_at_once_one_gets_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            Store.PostAsync("/api/v1/users", fixture.Admin, new { username = "wanted", password = "agent password", role = "agent" })));
        answers.Select(answer => answer.Status).Order().ShouldBe([201, 409, 409, 409, 409]);
    }

    [Fact]
    public async Task What_is_wrong_is_told_field_by_field()
    {
        var answer = await Store.PostAsync(
            "/api/v1/users", fixture.Admin, new { username = "a b", password = "short", role = "boss", account_ids = new[] { "x" } });
        answer.Status.ShouldBe(422);
        answer.FaultyFields().ShouldBe(["username", "password", "role", "account_ids"]);
    }

    [Fact]
    public async Task An_account_that_is_not_there_cannot_be_given()
    {
        var made = await Store.PostAsync(
            "/api/v1/users",
            fixture.Admin,
            new { username = "astray", password = "agent password", role = "agent", account_ids = new[] { "acc_none" } });
        made.Status.ShouldBe(422);
        made.FaultyFields().ShouldBe(["account_ids"]);
    }

    [Fact]
    public async Task Memberships_are_given_and_taken_and_count_at_once()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var other = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var (id, token) = await Store.AgentAsync("member", account);
        var changes = Store.Get<AccessChanges>();
        var seen = changes.Version;

        var added = await Store.PostAsync(
            $"/api/v1/users/{id}/accounts", fixture.Admin, new { account_ids = new[] { other, account, other } });
        added.Status.ShouldBe(200);
        added.Json.GetProperty("account_ids").GetArrayLength().ShouldBe(2);
        changes.Version.ShouldBeGreaterThan(seen);
        (await Store.GetAsync("/api/v1/accounts", token)).Ids().ShouldBe([account, other]);

        (await Store.DeleteAsync($"/api/v1/users/{id}/accounts/{account}", fixture.Admin)).Status.ShouldBe(204);
        (await Store.DeleteAsync($"/api/v1/users/{id}/accounts/{account}", fixture.Admin)).Status.ShouldBe(404);
        (await Store.GetAsync("/api/v1/accounts", token)).Ids().ShouldBe([other]);
        (await Store.PostAsync("/api/v1/users/usr_none/accounts", fixture.Admin, new { account_ids = new[] { other } }))
            .Status.ShouldBe(404);
    }

    [Fact]
    public async Task Deleting_a_user_ends_his_session_and_his_keys_and_leaves_nothing_behind()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        var (id, token) = await Store.AgentAsync("fired", account);
        var key = (await Store.PostAsync("/api/v1/api-keys", token, new { name = "mine", account_ids = new[] { account } })).Text("key");
        (await Store.GetAsync("/api/v1/me", key)).Status.ShouldBe(200);

        (await Store.DeleteAsync("/api/v1/users/" + id, fixture.Admin)).Status.ShouldBe(204);

        (await Store.GetAsync("/api/v1/me", token)).Status.ShouldBe(401);
        (await Store.GetAsync("/api/v1/me", key)).Status.ShouldBe(401);
        (await Store.DeleteAsync("/api/v1/users/" + id, fixture.Admin)).Status.ShouldBe(404);
        var left = await Store.ReadAsync(async db =>
            await db.Set<Session>().CountAsync(row => row.UserId == id)
            + await db.Set<Membership>().CountAsync(row => row.UserId == id)
            + await db.Set<ApiKey>().CountAsync(row => row.UserId == id));
        left.ShouldBe(0);
    }

    [Fact]
    public async Task The_last_admin_stays_also_when_two_delete_each_other_at_once()
    {
        await using var store = await StoreOverHttp.StartAsync();
        var first = await store.SignInAsync();
        var firstId = (await store.GetAsync("/api/v1/me", first)).Text("id");
        (await store.DeleteAsync("/api/v1/users/" + firstId, first)).Code.ShouldBe("last_admin");

        var secondId = (await store.PostAsync(
            "/api/v1/users", first, new { username = "second", password = "second password", role = "admin" })).Text("id");
        var second = await store.SignInAsync("second", "second password");
        var answers = await Task.WhenAll(
            store.DeleteAsync("/api/v1/users/" + secondId, first),
            store.DeleteAsync("/api/v1/users/" + firstId, second));

        answers.Count(answer => answer.Status == 204).ShouldBe(1);
        (await store.ReadAsync(db => db.Set<User>().CountAsync(user => user.Role == UserRole.Admin))).ShouldBe(1);
    }

    [Fact]
    public async Task A_user_is_renamed_and_given_another_role()
    {
        var (id, token) = await Store.AgentAsync("before");
        await Store.AgentAsync("somebody");

        (await Store.PatchAsync("/api/v1/users/" + id, fixture.Admin, new { username = "SomeBody" })).Code.ShouldBe("username_taken");
        var changed = await Store.PatchAsync("/api/v1/users/" + id, fixture.Admin, new { username = "After", role = "admin" });

        (changed.Status, changed.Text("username"), changed.Text("role")).ShouldBe((200, "After", "admin"));
        (await Store.GetAsync("/api/v1/users/" + id, token)).Raw.ShouldBe(changed.Raw);
        (await Store.TrySignInAsync("before", StoreOverHttp.AgentPassword)).Status.ShouldBe(401);
        (await Store.TrySignInAsync("after", StoreOverHttp.AgentPassword)).Status.ShouldBe(200);
        (await Store.PatchAsync("/api/v1/users/" + id, fixture.Admin, new { role = "agent" })).Status.ShouldBe(200);
        (await Store.GetAsync("/api/v1/users", token)).Status.ShouldBe(403);
        (await Store.PatchAsync("/api/v1/users/usr_none", fixture.Admin, new { active = false })).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("""{"username":"a b","role":"boss"}""", "username role")]
    [InlineData("""{"id":"usr_1"}""", "id")]
    [InlineData("""{"password_hash":"x"}""", "password_hash")]
    [InlineData("""{"account_ids":[]}""", "account_ids")]
    [InlineData("""{"created_at":"2026-01-01T00:00:00Z"}""", "created_at")]
    public async Task Nothing_else_of_a_user_can_be_written(string body, string fields)
    {
        var (id, _) = await Store.AgentAsync($"mass-{body.Length}");
        var answer = await Store.PatchAsync(
            "/api/v1/users/" + id, fixture.Admin, System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(body));
        answer.Status.ShouldBe(422);
        answer.FaultyFields().ShouldBe(fields.Split(' '));
    }

    [Fact]
    public async Task Deactivating_a_user_ends_their_sessions_and_refuses_their_keys_until_they_are_active_again()
    {
        var (id, token) = await Store.AgentAsync("absent");
        var key = (await Store.PostAsync("/api/v1/api-keys", token, new { name = "absent" })).Text("key");
        var changes = Store.Get<AccessChanges>();
        var seen = changes.Version;

        var gone = await Store.PatchAsync("/api/v1/users/" + id, fixture.Admin, new { active = false });

        (gone.Status, gone.Json.GetProperty("active").GetBoolean()).ShouldBe((200, false));
        changes.Version.ShouldBeGreaterThan(seen);
        (await Store.GetAsync("/api/v1/me", token)).Status.ShouldBe(401);
        (await Store.GetAsync("/api/v1/me", key)).Status.ShouldBe(401);
        var refused = await Store.TrySignInAsync("absent", StoreOverHttp.AgentPassword);
        (refused.Status, refused.Text("detail")).ShouldBe((401, (await Store.TrySignInAsync("nobody", "a password")).Text("detail")));

        (await Store.PatchAsync("/api/v1/users/" + id, fixture.Admin, new { active = true })).Status.ShouldBe(200);
        (await Store.GetAsync("/api/v1/me", token)).Status.ShouldBe(401);
        (await Store.GetAsync("/api/v1/me", key)).Status.ShouldBe(200);
        (await Store.TrySignInAsync("absent", StoreOverHttp.AgentPassword)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_last_admin_stays_an_admin_and_active_also_when_two_deactivate_each_other_at_once()
    {
        await using var store = await StoreOverHttp.StartAsync();
        var first = await store.SignInAsync();
        var firstId = (await store.GetAsync("/api/v1/me", first)).Text("id");
        (await store.PatchAsync("/api/v1/users/" + firstId, first, new { active = false })).Code.ShouldBe("last_admin");
        (await store.PatchAsync("/api/v1/users/" + firstId, first, new { role = "agent" })).Code.ShouldBe("last_admin");
        var secondId = (await store.PostAsync(
            "/api/v1/users", first, new { username = "second", password = "second password", role = "admin" })).Text("id");
        var second = await store.SignInAsync("second", "second password");

        var answers = await Task.WhenAll(
            store.PatchAsync("/api/v1/users/" + secondId, first, new { active = false }),
            store.PatchAsync("/api/v1/users/" + firstId, second, new { role = "agent" }));

        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        (await store.ReadAsync(db => db.Set<User>().CountAsync(user => user.Role == UserRole.Admin && user.DeactivatedAt == null)))
            .ShouldBe(1);
        // One who is away is none who could manage: the other cannot be deleted.
        var left = answers[0].Status == 200 ? (firstId, first) : (secondId, second);
        (await store.DeleteAsync("/api/v1/users/" + left.Item1, left.Item2)).Code.ShouldBe("last_admin");
    }

    [Theory]
    [InlineData("GET", "/api/v1/users")]
    [InlineData("GET", "/api/v1/users/usr_1")]
    [InlineData("PATCH", "/api/v1/users/usr_1")]
    [InlineData("POST", "/api/v1/users")]
    [InlineData("DELETE", "/api/v1/users/usr_1")]
    [InlineData("POST", "/api/v1/users/usr_1/accounts")]
    [InlineData("DELETE", "/api/v1/users/usr_1/accounts/acc_1")]
    public async Task Users_are_an_admins_business(string method, string path)
    {
        var (_, agent) = await Store.AgentAsync($"any-{method}-{path.Length}-{path[^1]}".ToLowerInvariant());
        var answer = await Store.CallAsync(new HttpMethod(method), path, agent, method is "POST" or "PATCH" ? new { } : null);
        answer.Status.ShouldBe(403);
        answer.Code.ShouldBe("forbidden");
        (await Store.CallAsync(new HttpMethod(method), path)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Users_are_listed_page_by_page_without_their_passwords()
    {
        foreach (var name in new[] { "page1", "page2", "page3" }) await Store.AgentAsync(name);
        var all = await Store.GetAsync("/api/v1/users?limit=200", fixture.Admin);
        all.Raw.ShouldNotContain("password");
        var paged = new List<string>();
        var cursor = "";
        do
        {
            var page = await Store.GetAsync("/api/v1/users?limit=2" + cursor, fixture.Admin);
            page.Ids().Count.ShouldBeLessThanOrEqualTo(2);
            paged.AddRange(page.Ids());
            cursor = page.Json.GetProperty("next_cursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);
        // Other tests of the class may add users meanwhile, but only at the end.
        paged.Take(all.Ids().Count).ShouldBe(all.Ids());
    }
}
