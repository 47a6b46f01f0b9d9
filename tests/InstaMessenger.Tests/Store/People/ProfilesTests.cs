using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.People;
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
        services.AddMessageHandler<StoreDbContext, LookUpProfile, Nobody>("sender.look-up-profile");
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
        (thread.ContactUsername, thread.ContactName, thread.ContactPictureUrl)
            .ShouldBe(("anna.b", "Anna 🌷", "https://cdn.example/anna.jpg"));
        var told = (await _shop.EventsAsync("contact.updated")).ShouldHaveSingleItem().GetProperty("contact");
        (told.GetProperty("id").GetString(), told.GetProperty("username").GetString(), told.GetProperty("name").GetString())
            .ShouldBe((Customer, "anna.b", "Anna 🌷"));
    }

    [Fact]
    public async Task An_older_answer_that_comes_late_changes_nothing()
    {
        await _shop.ReceiveAsync(Text("m1", "hi", 0));
        await ReportAsync(ProfileOutcome.Found, "new", "New");

        await ReportAsync(ProfileOutcome.Found, "old", "Old", _clock.GetUtcNow() - TimeSpan.FromHours(1));

        (await _shop.ConversationAsync()).ContactUsername.ShouldBe("new");
    }

    private async Task RoundAsync() => await _shop.Store.Services.GetRequiredService<ProfileRequests>().RoundAsync(default);

    /// <summary>The commands that were published: still in the outbox, or taken by whoever heard them.</summary>
    private async Task<List<string>> AskedAsync()
    {
        await using var db = _shop.Store.Read();
        var waiting = await db.Set<OutboxMessage>().Where(row => row.Type == nameof(LookUpProfile)).Select(row => row.Id).ToListAsync();
        for (var n = 0; n < 200 && waiting.Count > 0; n++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            waiting = await db.Set<OutboxMessage>().Where(row => row.Type == nameof(LookUpProfile)).Select(row => row.Id).ToListAsync();
        }

        return [.. _shop.Store.Services.GetRequiredService<Nobody>().Asked];
    }

    private Task ReportAsync(ProfileOutcome outcome, string? username, string? name, DateTimeOffset? at = null) =>
        _shop.Store.UnitOfWork.ExecuteAsync(scope => _shop.Store.Services.GetRequiredService<ProfileReports>().HandleAsync(
            scope,
            [
                new BusItem<ProfileReported>("r", null, new ProfileReported(
                    _shop.Account.Id,
                    InstagramUserId.Parse(Customer),
                    outcome,
                    username,
                    name,
                    name is null ? null : "https://cdn.example/anna.jpg",
                    at ?? _clock.GetUtcNow())),
            ]));

    /// <summary>In place of the sender.</summary>
    private sealed class Nobody : IMessageHandler<StoreDbContext, LookUpProfile>
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Asked { get; } = new();

        public Task HandleAsync(WorkScope<StoreDbContext> scope, IReadOnlyList<BusItem<LookUpProfile>> items)
        {
            foreach (var item in items) Asked.Enqueue(item.Body.ContactId.Value);
            return Task.CompletedTask;
        }
    }
}
