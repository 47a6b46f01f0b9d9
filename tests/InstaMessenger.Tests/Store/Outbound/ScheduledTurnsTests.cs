using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>More is due in one second than a round takes, most of it of one tenant. The test runs the rounds.</summary>
public sealed class ScheduledTurnsTests : SendTests
{
    private const int OfARound = 100;

    private readonly ScheduledTurns _turns = new();

    private protected override Action<IServiceCollection> Change => services => services.RemoveLoopOf<ScheduledSends>();

    [Fact]
    public async Task Behind_the_thousands_of_one_tenant_the_send_of_another_goes_out_in_the_first_round()
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        await SendAsync("""{TO,"message":"hi","schedule_at":"2026-05-02T06:00:00Z"}""");
        var greedy = await Store.LinkAsync("17841400000000001");
        await AddAsync(greedy.Id, 3 * OfARound, new DateTimeOffset(2026, 5, 2, 5, 59, 59, TimeSpan.Zero));
        Clock.Advance(TimeSpan.FromHours(18));

        var next = await Store.Services.GetRequiredService<ScheduledSends>().RoundAsync(default);

        next.ShouldBe(NextRound.Now);
        await Until(() => Sender.Commands.Count == 1);
        (await DueAsync(greedy.Id)).Count.ShouldBe((2 * OfARound) + 1, "the round is full all the same");
    }

    [Theory]
    [InlineData(80, 2, 80)]
    [InlineData(80, 2, 2)]
    [InlineData(2, 2, 80)]
    public async Task What_one_account_leaves_of_its_share_others_have_and_each_in_the_order_in_which_it_fell_due(params int[] counts)
    {
        var accounts = await AccountsAsync(counts.Length);
        foreach (var (account, count) in accounts.Zip(counts)) await AddAsync(account, count, Clock.GetUtcNow());

        var found = await NextAsync(50);

        found.Count.ShouldBe(50);
        foreach (var (account, count) in accounts.Zip(counts))
        {
            var due = await DueAsync(account);
            var had = found.Where(due.Contains).ToList();
            had.ShouldBe(due[..had.Count], "the first ones, in order");
            had.Count.ShouldBeGreaterThanOrEqualTo(Math.Min(count, 50 / 3));
        }
    }

    [Fact]
    public async Task When_more_accounts_have_something_due_than_a_round_takes_each_has_its_turn()
    {
        var accounts = await AccountsAsync(5);
        foreach (var account in accounts) await AddAsync(account, 3, Clock.GetUtcNow());
        await AddAsync(Account.Id, 3, Clock.GetUtcNow().AddMinutes(1));
        var had = new List<AccountId>();

        for (var round = 0; round < 5; round++) had.AddRange(await OwnersAsync(await NextAsync(2)));

        had.GroupBy(account => account).Select(turns => turns.Count()).ShouldBe([2, 2, 2, 2, 2]);
        had.ShouldNotContain(Account.Id, "it has nothing due yet");
    }

    [Fact]
    public async Task A_row_that_may_not_come_takes_no_place()
    {
        var account = (await AccountsAsync(1))[0];
        await AddAsync(account, 4, Clock.GetUtcNow());
        var due = await DueAsync(account);

        (await NextAsync(2, due[0], due[2])).ShouldBe([due[1], due[3]]);
    }

    /// <summary>Whoever has a hundred thousand waiting costs one step, like everybody.</summary>
    [Fact]
    public async Task The_accounts_with_something_due_are_found_by_one_step_in_the_index_for_each()
    {
        await using var db = Store.Read();

        var plan = await QueryPlan.OfAsync(ScheduledTurns.Waiting(db, db.Accounts.Where(row => row.Id > Account.Id), Clock.GetUtcNow()));

        plan.FindAll(line => line.Contains("account_id=?", StringComparison.Ordinal)).ShouldHaveSingleItem()
            .ShouldContain("USING COVERING INDEX IX_scheduled_sends_account_id_due_at");
        plan.ShouldNotContain(line => line.StartsWith("SCAN", StringComparison.Ordinal));
        plan.ShouldNotContain(line => line.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    private async Task<List<AccountId>> AccountsAsync(int count)
    {
        var accounts = new List<AccountId>();
        for (var n = 0; n < count; n++) accounts.Add((await Store.LinkAsync($"1784140000000010{n}")).Id);
        return accounts;
    }

    /// <summary>Of conversations that are gone: there is nothing to be sent, and each is a row like any other.</summary>
    private Task AddAsync(AccountId account, int count, DateTimeOffset due) => Store.UnitOfWork.ExecuteAsync(scope =>
    {
        for (var n = 0; n < count; n++)
        {
            var id = MessageId.New(Clock);
            scope.Db.Add(new ScheduledSend
            {
                AccountId = account,
                ConversationId = ConversationId.New(Clock),
                FirstId = id,
                LastId = id,
                Author = Author.Undeclared,
                DueAt = due,
            });
        }

        return Task.CompletedTask;
    });

    private async Task<IReadOnlyList<long>> NextAsync(int most, params long[] except)
    {
        await using var db = Store.Read();
        return await _turns.NextAsync(db, Clock.GetUtcNow(), except, most, TestContext.Current.CancellationToken);
    }

    private async Task<List<long>> DueAsync(AccountId account)
    {
        await using var db = Store.Read();
        return await db.Set<ScheduledSend>().Where(row => row.AccountId == account).OrderBy(row => row.DueAt).ThenBy(row => row.Id)
            .Select(row => row.Id).ToListAsync();
    }

    private async Task<List<AccountId>> OwnersAsync(IReadOnlyList<long> rows)
    {
        await using var db = Store.Read();
        return await db.Set<ScheduledSend>().Where(row => rows.Contains(row.Id)).Select(row => row.AccountId).ToListAsync();
    }
}
