using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Access;
using InstaMessenger.Store.Data;

namespace InstaMessenger.Tests.Store.Access;

/// <summary>What the forwarder is told of who sees what, so that nobody's endpoint gets more.</summary>
public sealed class ReachAnswersTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    [Fact]
    public async Task A_user_sees_what_they_are_a_member_of_now_an_admin_all_and_one_who_is_gone_nothing()
    {
        var (mine, lost) = (
            await fixture.Store.LinkAsync(fixture.Admin, fixture.NewInstagramId()),
            await fixture.Store.LinkAsync(fixture.Admin, fixture.NewInstagramId()));
        var (agent, _) = await fixture.Store.AgentAsync("reach-agent", mine, lost);
        var (gone, _) = await fixture.Store.AgentAsync("reach-gone", mine);
        await fixture.Store.DeleteAsync($"/api/v1/users/{agent}/accounts/{lost}", fixture.Admin);
        await fixture.Store.DeleteAsync($"/api/v1/users/{gone}", fixture.Admin);
        var admin = (await fixture.Store.GetAsync("/api/v1/users", fixture.Admin)).Json.GetProperty("data").EnumerateArray()
            .Single(user => user.GetProperty("username").GetString() == StoreOverHttp.Admin).GetProperty("id").GetString()!;
        var askedAt = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

        await fixture.Store.Get<IUnitOfWork<StoreDbContext>>().ExecuteAsync(scope => fixture.Store.Get<ReachAnswers>().HandleAsync(
            scope, [new BusItem<CheckReach>("1", null, new CheckReach([agent, gone, admin], askedAt))]));

        var told = (await fixture.Store.OutboxAsync<ReachChecked>("usr_")).ToDictionary(answer => answer.UserId);
        told.Values.ShouldAllBe(answer => answer.AskedAt == askedAt);
        told[agent].AllAccounts.ShouldBeFalse();
        told[agent].AccountIds.Select(account => account.Value).ShouldBe([mine]);
        (told[gone].AllAccounts, told[gone].AccountIds.Count).ShouldBe((false, 0));
        told[admin].AllAccounts.ShouldBeTrue();
    }
}
