using System.Collections.Concurrent;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.People;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.People;

/// <summary>When the store asks who a customer is, and what it does with the answer.</summary>
public sealed class ProfilesTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync(services =>
    {
        services.AddSingleton<TimeProvider>(_clock);
        // The test runs the rounds, one at a time.
        services.RemoveLoopOf<ProfileRequests>();
        services.AddMessageHandler<StoreDbContext, LookUpProfile, Nobody>("sender.look-up-profile");
        services.AddMessageHandler<StoreDbContext, ProfileCacheUsed, Nobody>("sender.profile-cache-used");
    });

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task Who_writes_is_asked_for_once_a_day_however_often_they_write()
    {
        await _shop.ReceiveAsync(Text("m1", "hi", 0), Text("m2", "hi", 1), Echo("b1", "hello", 2));
        await RoundAsync();
        await _shop.ReceiveAsync(Text("m3", "hi", 3));
        await RoundAsync();
        (await AskedAsync()).ShouldBe([Customer]);

        _clock.Advance(TimeSpan.FromHours(25));
        await _shop.ReceiveAsync(Text("m4", "hi", 4));
        await RoundAsync();
        (await AskedAsync()).ShouldBe([Customer, Customer]);
    }

    [Fact]
    public async Task How_often_it_was_known_is_told_once_a_minute()
    {
        await _shop.ReceiveAsync(Text("m1", "hi", 0), Text("m2", "hi", 1));
        await RoundAsync();
        await _shop.ReceiveAsync(Text("m3", "hi", 3), Echo("b1", "hello", 4));
        await RoundAsync();

        _clock.Advance(TimeSpan.FromMinutes(1));
        await RoundAsync();
        await RoundAsync();

        await TakenAsync();
        var used = _shop.Store.Services.GetRequiredService<Nobody>().Used.ShouldHaveSingleItem();
        (used.AccountId, used.Hits, used.Misses).ShouldBe((_shop.Account.Id, 2, 1));
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_is_in_nobodys_way()
    {
        await _shop.ReceiveAsync(Text("m1", "hi", 0));
        await _shop.Store.UnitOfWork.ExecuteAsync(
            scope => scope.Db.Database.ExecuteSqlAsync($"UPDATE events SET conversation_id = 'rotten!' WHERE type = 'message.received'"));
        await _shop.ReceiveAsync(MetaPayloads.Text(Id, "21", "m2", "hi", At(1)));

        await RoundAsync();

        (await AskedAsync()).ShouldBe(["21"]);
    }

    /// <summary>Nobody who never wrote has agreed to be shown, and Meta counts the refusals.</summary>
    [Fact]
    public async Task Who_is_only_written_to_is_not_asked_for()
    {
        await _shop.ReceiveAsync(Echo("b1", "hello", 2));
        await RoundAsync();

        (await AskedAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ProfileOutcome.Withheld)]
    [InlineData(ProfileOutcome.Failed)]
    public async Task That_Meta_tells_nothing_is_remembered_too_also_by_another_process(ProfileOutcome outcome)
    {
        await _shop.ReceiveAsync(Text("m1", "hi", 0));
        await ReportAsync(outcome, null, null);

        await RoundAsync();

        (await AskedAsync()).ShouldBeEmpty("its row says that it was asked for");
        (await _shop.EventsAsync("contact.updated")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_Meta_tells_is_in_the_thread_and_told_when_it_is_news()
    {
        await _shop.ReceiveAsync(Text("m1", "hi", 0));

        await ReportAsync(ProfileOutcome.Found, "anna.b", "Anna 🌷");
        await ReportAsync(ProfileOutcome.Found, "anna.b", "Anna 🌷");
        await ReportAsync(ProfileOutcome.Failed, null, null);

        var thread = await _shop.ConversationAsync();
        (thread.ContactUsername, thread.ContactName).ShouldBe(("anna.b", "Anna 🌷"));
        var told = (await _shop.EventsAsync("contact.updated")).ShouldHaveSingleItem().GetProperty("contact");
        (told.GetProperty("id").GetString(), told.GetProperty("username").GetString(), told.GetProperty("name").GetString())
            .ShouldBe((Customer, "anna.b", "Anna 🌷"));
    }

    [Fact]
    public async Task How_they_stand_to_the_business_is_told_when_it_is_news_and_how_many_follow_them_with_it()
    {
        await _shop.ReceiveAsync(Text("m1", "hi", 0));
        var facts = new ContactFacts(4_200_000_000, FollowsBusiness: true, FollowedByBusiness: false, IsVerified: true);
        await ReportAsync(ProfileOutcome.Found, "anna.b", "Anna", facts: facts);

        await ReportAsync(ProfileOutcome.Found, "anna.b", "Anna", facts: facts with { FollowerCount = 4_200_000_001 });

        var told = (await _shop.EventsAsync("contact.updated")).ShouldHaveSingleItem().GetProperty("contact");
        (told.GetProperty("follower_count").GetInt64(), told.GetProperty("is_user_follow_business").GetBoolean(),
            told.GetProperty("is_business_follow_user").GetBoolean(), told.GetProperty("is_verified_user").GetBoolean())
            .ShouldBe((4_200_000_000, true, false, true));
        (await _shop.ConversationAsync()).ContactFollowerCount.ShouldBe(4_200_000_001);

        await ReportAsync(ProfileOutcome.Found, "anna.b", "Anna", facts: facts with { FollowsBusiness = false });
        (await _shop.EventsAsync("contact.updated"))[^1].GetProperty("contact").GetProperty("is_user_follow_business").GetBoolean()
            .ShouldBeFalse();

        await ReportAsync(ProfileOutcome.Withheld, null, null);
        (await _shop.ConversationAsync()).ContactIsVerified.ShouldBe(true, "what is known of who has blocked the account stays");
    }

    [Fact]
    public async Task An_older_answer_that_comes_late_changes_nothing()
    {
        await _shop.ReceiveAsync(Text("m1", "hi", 0));
        await ReportAsync(ProfileOutcome.Found, "new", "New");

        await ReportAsync(ProfileOutcome.Found, "old", "Old", _clock.GetUtcNow() - TimeSpan.FromHours(1));

        (await _shop.ConversationAsync()).ContactUsername.ShouldBe("new");
    }

    private async Task RoundAsync()
    {
        var requests = _shop.Store.Services.GetRequiredService<ProfileRequests>();
        await requests.Lease.TryTakeAsync(default);
        await requests.RoundAsync(default);
    }

    /// <summary>The commands that were published: still in the outbox, or taken by whoever heard them.</summary>
    private async Task<List<string>> AskedAsync()
    {
        await TakenAsync();
        return [.. _shop.Store.Services.GetRequiredService<Nobody>().Asked];
    }

    private async Task TakenAsync()
    {
        var patience = Patience.Token();
        await using var db = _shop.Store.Read();
        while (await db.Set<OutboxMessage>().AnyAsync(patience))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience);
    }

    private Task ReportAsync(
        ProfileOutcome outcome, string? username, string? name, DateTimeOffset? at = null, ContactFacts? facts = null) =>
        _shop.Store.UnitOfWork.ExecuteAsync(scope => _shop.Store.Services.GetRequiredService<ProfileReports>().HandleAsync(
            scope,
            [
                new BusItem<ProfileReported>("r", null, new ProfileReported(
                    _shop.Account.Id,
                    InstagramUserId.Parse(Customer),
                    outcome,
                    username,
                    name,
                    null,
                    at ?? _clock.GetUtcNow(),
                    facts)),
            ]));

    /// <summary>In place of the sender.</summary>
    private sealed class Nobody : IMessageHandler<StoreDbContext, LookUpProfile>, IMessageHandler<StoreDbContext, ProfileCacheUsed>
    {
        public ConcurrentQueue<string> Asked { get; } = new();

        public ConcurrentQueue<ProfileCacheUsed> Used { get; } = new();

        public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<ProfileCacheUsed>> items)
        {
            foreach (var item in items) Used.Enqueue(item.Body);
            return Task.CompletedTask;
        }

        public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<LookUpProfile>> items)
        {
            foreach (var item in items) Asked.Enqueue(item.Body.ContactId.Value);
            return Task.CompletedTask;
        }
    }
}
