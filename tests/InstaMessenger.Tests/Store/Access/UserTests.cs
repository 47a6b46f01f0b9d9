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

    [Theory]
    [InlineData("GET", "/api/v1/users")]
    [InlineData("POST", "/api/v1/users")]
    [InlineData("DELETE", "/api/v1/users/usr_1")]
    [InlineData("POST", "/api/v1/users/usr_1/accounts")]
    [InlineData("DELETE", "/api/v1/users/usr_1/accounts/acc_1")]
    public async Task Users_are_an_admins_business(string method, string path)
    {
        var (_, agent) = await Store.AgentAsync($"any-{method}-{path.Length}".ToLowerInvariant());
        var answer = await Store.CallAsync(new HttpMethod(method), path, agent, method == "POST" ? new { } : null);
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
