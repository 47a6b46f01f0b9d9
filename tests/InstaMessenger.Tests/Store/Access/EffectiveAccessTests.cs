
namespace InstaMessenger.Tests.Store.Access;

/// <summary>Who sees what, as <c>GET /api/v1/me</c> tells the other services.</summary>
public sealed class EffectiveAccessTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreOverHttp Store => fixture.Store;

    [Fact]
    public async Task An_admin_sees_all_and_his_scoped_key_only_its_scope_and_no_users()
    {
        var account = await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId());
        await ShouldBe(fixture.Admin, isAdmin: true, accounts: null);
        await ShouldBe(await KeyAsync(fixture.Admin, null), isAdmin: true, accounts: null);
        await ShouldBe(await KeyAsync(fixture.Admin, []), isAdmin: false, accounts: []);
        var scoped = await KeyAsync(fixture.Admin, [account]);
        await ShouldBe(scoped, isAdmin: false, accounts: [account]);
        (await Store.GetAsync("/api/v1/users", scoped)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task An_agents_key_sees_no_more_than_the_agent_also_after_he_lost_an_account()
    {
        var (mine, other) = (
            await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId()), await Store.LinkAsync(fixture.Admin, fixture.NewInstagramId()));
        var (id, agent) = await Store.AgentAsync("access-agent", mine, other);
        var whole = await KeyAsync(agent, null);
        var scoped = await KeyAsync(agent, [other]);
        await ShouldBe(agent, isAdmin: false, accounts: [mine, other]);
        await ShouldBe(whole, isAdmin: false, accounts: [mine, other]);
        await ShouldBe(scoped, isAdmin: false, accounts: [other]);

        await Store.DeleteAsync($"/api/v1/users/{id}/accounts/{other}", fixture.Admin);

        await ShouldBe(agent, isAdmin: false, accounts: [mine]);
        await ShouldBe(whole, isAdmin: false, accounts: [mine]);
        await ShouldBe(scoped, isAdmin: false, accounts: []);
    }

    [Fact]
    public async Task Linking_gives_the_account_to_who_linked_it_and_to_nobody_else()
    {
        var (_, agent) = await Store.AgentAsync("access-linker");
        var (_, stranger) = await Store.AgentAsync("access-stranger");
        var before = await KeyAsync(agent, []);
        var linking = await KeyAsync(agent, []);

        var byAgent = await Store.LinkAsync(agent, fixture.NewInstagramId());
        var byKey = await Store.LinkAsync(linking, fixture.NewInstagramId());

        await ShouldBe(agent, isAdmin: false, accounts: [byAgent, byKey]);
        await ShouldBe(linking, isAdmin: false, accounts: [byKey]);
        await ShouldBe(before, isAdmin: false, accounts: []);
        await ShouldBe(stranger, isAdmin: false, accounts: []);
    }

    [Fact]
    public async Task An_admins_scoped_key_that_links_an_account_sees_it()
    {
        var key = await KeyAsync(fixture.Admin, []);
        var account = await Store.LinkAsync(key, fixture.NewInstagramId());
        await ShouldBe(key, isAdmin: false, accounts: [account]);
    }

    private async Task<string> KeyAsync(string maker, string[]? accounts) =>
        (await Store.PostAsync(
            "/api/v1/api-keys", maker, new { name = "access", account_ids = accounts, scopes = StoreOverHttp.AllScopes })).Text("key");

    private async Task ShouldBe(string credential, bool isAdmin, string[]? accounts)
    {
        var me = await Store.GetAsync("/api/v1/me", credential);
        me.Json.GetProperty("is_admin").GetBoolean().ShouldBe(isAdmin);
        var seen = me.Json.GetProperty("account_ids");
        me.Text("accounts").ShouldBe(accounts is null ? "all" : "listed");
        seen.EnumerateArray().Select(id => id.GetString()).ShouldBe(accounts ?? [], ignoreOrder: true);
    }
}
