using System.Text.Json;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.CannedReplies;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.CannedReplies;

public sealed class CannedReplyTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private const string Path = "/api/v1/canned-replies";

    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task A_reply_is_kept_as_it_was_written_changed_and_deleted()
    {
        var (account, agent) = await ShopAsync();
        var made = await SaveAsync(agent, "hi", "Hi {{contact.name}},\r\nthanks!", account);

        made.Status.ShouldBe(201);
        (made.Text("shortcut"), made.Text("text")).ShouldBe(("hi", "Hi {{contact.name}},\nthanks!"));
        Accounts(made.Json).ShouldBe([account]);
        made.Json.GetProperty("editable").GetBoolean().ShouldBeTrue();

        var changed = await Store.PatchAsync($"{Path}/{made.Text("id")}", agent, new { shortcut = "hello" });
        changed.Status.ShouldBe(200);
        (changed.Text("shortcut"), changed.Text("text")).ShouldBe(("hello", made.Text("text")), "what is left out stays");
        Accounts(changed.Json).ShouldBe([account]);
        (await SaveAsync(agent, "hi", "its name is free again", account)).Status.ShouldBe(201);

        (await Store.DeleteAsync($"{Path}/{made.Text("id")}", agent)).Status.ShouldBe(204);
        (await Store.DeleteAsync($"{Path}/{made.Text("id")}", agent)).Status.ShouldBe(404);
        (await SaveAsync(agent, "hello", "and this one's too", account)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Everybody_sees_the_replies_of_their_accounts_and_those_for_all_page_by_page()
    {
        var (account, agent) = await ShopAsync();
        var (other, stranger) = await ShopAsync();
        var mine = (await SaveAsync(agent, "mine", "a", account)).Text("id");
        var forAll = (await Store.PostAsync(Path, fixture.Admin, new { shortcut = New("all"), text = "b" })).Text("id");
        var shared = (await SaveAsync(fixture.Admin, "shared", "c", account, other)).Text("id");
        var theirs = (await SaveAsync(stranger, "mine", "d", other)).Text("id");

        // Other tests have replies for all accounts too.
        string[] known = [mine, forAll, shared, theirs];
        (await ListAsync(agent)).Where(known.Contains).ShouldBe([mine, forAll, shared]);
        (await ListAsync(stranger)).Where(known.Contains).ShouldBe([forAll, shared, theirs]);
        (await ListAsync(fixture.Admin, $"&account_id={account}")).Where(known.Contains).ShouldBe([mine, forAll, shared]);
        (await ListAsync(fixture.Admin)).Where(known.Contains).ShouldBe(known);
        (await Store.GetAsync($"{Path}?account_id={other}", agent)).Status.ShouldBe(404);

        var seen = (await Store.GetAsync(Path, agent)).Json.GetProperty("data").EnumerateArray()
            .Where(item => known.Contains(item.GetProperty("id").GetString())).ToList();
        seen.ConvertAll(item => item.GetProperty("editable").GetBoolean()).ShouldBe([true, false, false]);
        Accounts(seen[2]).ShouldBe([account], "of the other account nothing is told");
        seen[1].GetProperty("account_ids").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Who_does_not_see_all_accounts_of_a_reply_cannot_write_it()
    {
        var (account, agent) = await ShopAsync();
        var (other, _) = await ShopAsync();
        var shared = (await SaveAsync(fixture.Admin, "shared", "c", account, other)).Text("id");
        var theirs = (await SaveAsync(fixture.Admin, "theirs", "c", other)).Text("id");
        var forAll = (await Store.PostAsync(Path, fixture.Admin, new { shortcut = New("all"), text = "b" })).Text("id");
        var mine = (await SaveAsync(agent, "mine", "c", account)).Text("id");

        foreach (var id in new[] { shared, forAll })
        {
            Refused(await Store.PatchAsync($"{Path}/{id}", agent, new { text = "stolen" }), 403, "account_not_yours");
            Refused(await Store.DeleteAsync($"{Path}/{id}", agent), 403, "account_not_yours");
        }

        Refused(await Store.PatchAsync($"{Path}/{theirs}", agent, new { text = "stolen" }), 404, "not_found");
        Refused(await Store.DeleteAsync($"{Path}/{theirs}", agent), 404, "not_found");
        Refused(await SaveAsync(agent, "new", "x", other), 403, "account_not_yours");
        Refused(await SaveAsync(agent, "new", "x", account, "acc_none"), 403, "account_not_yours");
        Refused(await Store.PostAsync(Path, agent, new { shortcut = "new", text = "x" }), 403, "account_not_yours");
        Refused(
            await Store.PatchAsync($"{Path}/{mine}", agent, new { account_ids = new[] { account, other } }), 403, "account_not_yours");
        Refused(await Store.PatchAsync($"{Path}/{mine}", agent, new { account_ids = (string[]?)null }), 403, "account_not_yours");
        (await Store.GetAsync(Path, fixture.Admin)).Raw.ShouldNotContain("stolen");
    }

    [Fact]
    public async Task A_key_needs_the_scope_manage_to_write()
    {
        var (account, agent) = await ShopAsync();
        var made = await Store.PostAsync("/api/v1/api-keys", agent, new { name = "reader", scopes = new[] { "read", "send" } });
        var key = made.Text("key");
        var id = (await SaveAsync(agent, "mine", "c", account)).Text("id");

        (await SaveAsync(key, "new", "x", account)).Status.ShouldBe(403);
        (await Store.PatchAsync($"{Path}/{id}", key, new { text = "x" })).Status.ShouldBe(403);
        (await Store.DeleteAsync($"{Path}/{id}", key)).Status.ShouldBe(403);
        var seen = (await Store.GetAsync(Path, key)).Json.GetProperty("data").EnumerateArray()
            .Single(item => item.GetProperty("id").GetString() == id);
        seen.GetProperty("editable").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task In_an_account_a_shortcut_names_one_reply_whatever_its_case()
    {
        var (account, agent) = await ShopAsync();
        var (other, stranger) = await ShopAsync();
        await SaveAsync(agent, "Grüße", "a", account);
        var second = (await SaveAsync(agent, "second", "b", account)).Text("id");

        Refused(await SaveAsync(agent, "gRÜße", "c", account), 409, "shortcut_taken");
        Refused(await Store.PatchAsync($"{Path}/{second}", agent, new { shortcut = "grüße" }), 409, "shortcut_taken");
        (await Store.PatchAsync($"{Path}/{second}", agent, new { shortcut = "SECOND" })).Text("shortcut").ShouldBe("SECOND");
        var theirs = await SaveAsync(stranger, "grüße", "another tenant's names are theirs", other);
        theirs.Status.ShouldBe(201);
        Refused(
            await Store.PatchAsync($"{Path}/{theirs.Text("id")}", fixture.Admin, new { account_ids = new[] { account, other } }),
            409,
            "shortcut_taken");
    }

    [Fact]
    public async Task Of_several_who_take_a_shortcut_at_once_one_gets_it()
    {
        var (account, agent) = await ShopAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => SaveAsync(agent, "wanted", $"{n}", account)));
        answers.Select(answer => answer.Status).Order().ShouldBe([201, 409, 409, 409, 409]);
    }

    [Theory]
    [InlineData("""{"text":"a"}""", "shortcut")]
    [InlineData("""{"shortcut":"","text":"a"}""", "shortcut")]
    [InlineData("""{"shortcut":"/hi","text":"a"}""", "shortcut")]
    [InlineData("""{"shortcut":"two words","text":"a"}""", "shortcut")]
    [InlineData("""{"shortcut":"12345678901234567890123456789012345678901","text":"a"}""", "shortcut")]
    [InlineData("""{"shortcut":"hi"}""", "text")]
    [InlineData("""{"shortcut":"hi","text":" \n"}""", "text")]
    [InlineData("""{"shortcut":"hi","text":"a\u0000b"}""", "text")]
    [InlineData("""{"shortcut":"hi","text":"a","account_ids":[]}""", "account_ids")]
    [InlineData("""{"shortcut":"hi","text":"a","account_ids":["nonsense"]}""", "account_ids")]
    [InlineData("""{"shortcut":"hi","text":"a","account_ids":["acc_none"]}""", "account_ids")]
    public async Task What_is_wrong_is_told_field_by_field(string body, string field)
    {
        var answer = await Store.PostAsync(Path, fixture.Admin, JsonSerializer.Deserialize<JsonElement>(body));
        answer.Status.ShouldBe(422);
        answer.FaultyFields().ShouldBe([field]);
    }

    [Theory]
    [InlineData("مرحبا")]
    [InlineData("नमस्ते")]
    [InlineData("2-for_1.price")]
    public async Task A_shortcut_is_a_word_of_any_language(string shortcut)
    {
        var (account, agent) = await ShopAsync();
        (await SaveAsync(agent, shortcut, "a", account)).Text("shortcut").ShouldBe(shortcut);
        (await SaveAsync(agent, "long", new string('x', CannedReplyFields.LongestText), account)).Status.ShouldBe(201);
        (await SaveAsync(agent, "longer", new string('x', CannedReplyFields.LongestText + 1), account)).FaultyFields().ShouldBe(["text"]);
    }

    [Fact]
    public async Task A_change_names_what_is_wrong_with_its_accounts()
    {
        var (account, agent) = await ShopAsync();
        var id = (await SaveAsync(agent, "mine", "c", account)).Text("id");
        foreach (var (wrong, field) in new[] { ("5", "account_ids"), ("[7]", "account_ids[0]"), ("[]", "account_ids") })
        {
            var answer = await Store.PatchAsync(
                $"{Path}/{id}", agent, JsonSerializer.Deserialize<JsonElement>($"{{\"account_ids\":{wrong}}}"));
            answer.FaultyFields().ShouldBe([field], wrong);
        }

        (await Store.PatchAsync($"{Path}/{id}", fixture.Admin, new { account_ids = (string[]?)null })).Json.GetProperty("account_ids")
            .ValueKind.ShouldBe(JsonValueKind.Null);
        (await Store.DeleteAsync($"{Path}/{id}", fixture.Admin)).Status.ShouldBe(204);
    }

    [Fact]
    public async Task An_account_has_a_limit_of_replies()
    {
        var (account, agent) = await ShopAsync();
        await Store.Get<IUnitOfWork<StoreDbContext>>().ExecuteAsync(scope =>
        {
            scope.Db.AddRange(Enumerable.Range(0, CannedReplyReach.MostOfAPlace).Select(
                n => new CannedReplyPlace { Place = account, ReplyId = $"can_{n}", ShortcutKey = $"{n}" }));
            return Task.CompletedTask;
        });
        try
        {
            Refused(await SaveAsync(agent, "one-more", "x", account), 409, "too_many_canned_replies");
        }
        finally
        {
            await Store.ReadAsync(db => db.Set<CannedReplyPlace>().Where(row => row.Place == account).ExecuteDeleteAsync());
        }
    }

    private string New(string word) => word + fixture.NewInstagramId();

    private static void Refused(Answer answer, int status, string code) =>
        (answer.Status, answer.Code).ShouldBe((status, code), answer.Raw);

    private static List<string> Accounts(JsonElement reply) =>
        [.. reply.GetProperty("account_ids").EnumerateArray().Select(id => id.GetString()!)];

    private async Task<(string Account, string Agent)> ShopAsync()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        return (account, (await Store.AgentAsync(New("agent"), account)).Token);
    }

    private Task<Answer> SaveAsync(string credential, string shortcut, string text, params string[] accounts) =>
        Store.PostAsync(Path, credential, new { shortcut, text, account_ids = accounts });

    /// <summary>The ids of all pages.</summary>
    private async Task<List<string>> ListAsync(string credential, string query = "")
    {
        var (ids, cursor) = (new List<string>(), "");
        do
        {
            var page = await Store.GetAsync($"{Path}?limit=2{query}{cursor}", credential);
            ids.AddRange(page.Ids());
            cursor = page.Json.GetProperty("next_cursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);
        return ids;
    }
}
