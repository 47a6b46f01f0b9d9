using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Sender.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Accounts;

public sealed class KnownAccountsTests : SenderTests
{
    private static readonly Caller Owner = new("key_1", CallerKind.Key, "usr_1", false, AccountReach.Of(SenderHost.Account));

    private KnownAccounts Known => Host.Services.GetRequiredService<KnownAccounts>();

    /// <summary>Who linked an account and went on at once was told that there was none.</summary>
    [Fact]
    public async Task Who_asks_before_the_news_of_an_account_has_come_waits_for_it()
    {
        var asking = Known.FindAsync(Owner, SenderHost.Account, TestContext.Current.CancellationToken);

        await Host.LinkAsync();

        (await asking).ShouldNotBeNull().AccountId.ShouldBe(SenderHost.Account);
    }

    [Fact]
    public async Task Nobody_waits_for_an_account_that_is_not_theirs_or_was_unlinked()
    {
        await Host.LinkAsync(unlinked: true);

        (await Known.FindAsync(Owner, AccountId.Parse("acc_2"), TestContext.Current.CancellationToken)).ShouldBeNull();
        (await Known.FindAsync(Owner, SenderHost.Account, TestContext.Current.CancellationToken)).ShouldBeNull();
    }
}
