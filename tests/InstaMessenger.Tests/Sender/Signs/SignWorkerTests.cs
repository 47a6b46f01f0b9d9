using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Signs;
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

    private void Add(Sign sign, string contact, int secondsAgo = 0, string? account = null) =>
        Host.Services.GetRequiredService<WaitingSigns>().Add(Of(sign, contact, secondsAgo, account));

    private ShowSign Of(Sign sign, string contact, int secondsAgo, string? account = null) => new(
        account is null ? SenderHost.Account : AccountId.Parse(account),
        InstagramUserId.Parse(contact),
        sign,
        Host.Clock.GetUtcNow().AddSeconds(-secondsAgo));
}
