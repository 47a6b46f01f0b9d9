using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Sending;
using InstaMessenger.Sender.Signs;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Signs;

public sealed class SignWorkerTests : SenderTests
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Graph.Answer = (context, _) => FakeGraph.Json(context, 200, """{"recipient_id":"42"}""");
        await Host.LinkAsync();
    }

    [Theory]
    [InlineData(Sign.TypingOn, "typing_on")]
    [InlineData(Sign.TypingOff, "typing_off")]
    [InlineData(Sign.MarkSeen, "mark_seen")]
    public async Task Each_sign_is_shown_as_Meta_takes_it(Sign sign, string word)
    {
        Add(sign, "42");

        (await Graph.NextAsync()).Body.ShouldBe($$"""{"recipient":{"id":"42"},"sender_action":"{{word}}"}""");
    }

    [Fact]
    public async Task One_that_is_too_old_of_an_account_at_rest_or_refused_is_not_shown_again()
    {
        Add(Sign.TypingOn, "42", secondsAgo: 11);
        Add(Sign.TypingOn, "43", account: "acc_nobody");
        Graph.Answer = FakeGraph.Error(400, 100);
        Add(Sign.TypingOn, "44");
        (await Graph.NextAsync()).Body.ShouldContain("44");

        await Host.Services.GetRequiredService<SignWorker>().RoundAsync(CancellationToken.None);

        Graph.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(400, 80002, "rate_limited", false)]
    [InlineData(401, 190, null, true)]
    public async Task What_Meta_says_of_a_sign_holds_for_the_accounts_sends_too(int status, int code, string? reason, bool refused)
    {
        Graph.Answer = FakeGraph.Error(status, code);
        Add(Sign.TypingOn, "42");
        await Graph.NextAsync();

        var limit = Patience.Token();
        while (await StateAsync() != (reason, refused)) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit);
    }

    [Fact]
    public async Task A_sign_counts_in_the_accounts_pace_and_is_dropped_when_there_is_no_room()
    {
        var pace = Host.Services.GetRequiredService<Pace>();
        for (var n = 0; n < 9; n++) pace.Take(SenderHost.Account, InstagramUserId.Parse($"10{n}"), heavy: false);
        Add(Sign.TypingOn, "42");
        await Graph.NextAsync();
        pace.HasRoom(SenderHost.Account, heavy: false).ShouldBeFalse();

        Add(Sign.TypingOn, "43");
        await Host.Services.GetRequiredService<SignWorker>().RoundAsync(CancellationToken.None);

        Graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_account_whose_row_cannot_be_read_costs_the_others_no_sign()
    {
        await Host.LinkAsync(account: AccountId.Parse("acc_2"));
        await Host.WriteAsync(db => db.Database.ExecuteSqlRawAsync(
            "UPDATE accounts SET instagram_account_id = 'no digits' WHERE account_id = 'acc_2'"));
        var signs = new WaitingSigns();
        signs.Add(Of(Sign.TypingOn, "43", 0, "acc_2"));
        signs.Add(Of(Sign.TypingOn, "42", 0));

        // One round for both, whenever the worker of the host runs.
        await ActivatorUtilities.CreateInstance<SignWorker>(Host.Services, signs).RoundAsync(CancellationToken.None);

        (await Graph.NextAsync()).Body.ShouldContain("42");
    }

    [Fact]
    public void Of_each_customer_the_newest_waits_and_of_too_many_none_more()
    {
        var signs = new WaitingSigns();
        signs.Add(Of(Sign.TypingOn, "1", 0));
        signs.Add(Of(Sign.TypingOff, "1", 5));
        for (var i = 0; i < 2_000; i++) signs.Add(Of(Sign.TypingOn, $"{i}", 1));

        var taken = signs.Take();

        taken.Count.ShouldBe(1_000);
        taken.Single(sign => sign.ContactId.Value == "1").Sign.ShouldBe(Sign.TypingOn);
        signs.Take().ShouldBeEmpty();
    }

    private async Task<(string? Reason, bool Refused)> StateAsync()
    {
        await using var db = await Host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync();
        var account = await db.Accounts.SingleAsync();
        return (account.PauseReason, account.TokenRefused);
    }

    private void Add(Sign sign, string contact, int secondsAgo = 0, string? account = null) =>
        Host.Services.GetRequiredService<WaitingSigns>().Add(Of(sign, contact, secondsAgo, account));

    private ShowSign Of(Sign sign, string contact, int secondsAgo, string? account = null) => new(
        account is null ? SenderHost.Account : AccountId.Parse(account),
        InstagramUserId.Parse(contact),
        sign,
        Host.Clock.GetUtcNow().AddSeconds(-secondsAgo));
}
