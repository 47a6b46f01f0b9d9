using InstaMessenger.Contracts.Ids;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>What becomes of changes that came beside their message, or whose message never came.</summary>
public sealed class EarlyChangeSweepTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() =>
        _shop = await OpenAsync(services => services.AddSingleton<TimeProvider>(_clock));

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_message_gets_what_two_units_at_the_same_moment_left_behind()
    {
        await _shop.ReceiveAsync(Echo("b1", "one", 1), Echo("b2", "two", 2));
        await KeepAsync("b2", MessageChanges.None.With(new Reaction(Party.Customer, "love", "❤️", At(3))).WithRead(At(4)));

        await SweepAsync();
        await SweepAsync();

        var (one, two) = (await _shop.MessageAsync("b1"), await _shop.MessageAsync("b2"));
        two.Reactions.ShouldHaveSingleItem().Reaction.ShouldBe("love");
        (one.ReadAt, two.ReadAt).ShouldBe((At(4), At(4)), "all up to the message is read");
        (await KeptAsync()).ShouldBeEmpty();
    }

    /// <summary>An unsend that does not say whose message it takes back locks no thread, so the two may pass each other.</summary>
    [Fact]
    public async Task A_message_that_was_taken_back_at_the_same_moment_is_gone_and_told()
    {
        await _shop.ReceiveAsync(Text("m1", "what they wish they had not said", 1));
        await KeepAsync("m1", MessageChanges.None.WithUnsend(At(2)));

        await SweepAsync();

        (await _shop.MessageAsync("m1")).Kind.ShouldBe(MessageKind.Deleted);
        (await _shop.EverythingAsync()).ShouldNotContain("wish");
        (await _shop.EventsAsync("message.deleted")).ShouldHaveSingleItem();
        (await KeptAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_was_edited_at_the_same_moment_says_what_it_says_now_and_that_is_told_once()
    {
        await _shop.ReceiveAsync(Text("m1", "hallo", 1));
        await KeepAsync("m1", MessageChanges.None.WithEarly(new TextVersion(1, "hello", At(2))));

        await SweepAsync();
        await SweepAsync();

        var message = await _shop.MessageAsync("m1");
        (message.Text, message.EditedAt).ShouldBe(("hello", At(2)));
        (await _shop.EventsAsync("message.edited")).ShouldHaveSingleItem().GetProperty("message").GetProperty("text").GetString()
            .ShouldBe("hello");
        (await KeptAsync()).ShouldBeEmpty();
    }

    /// <summary>Its key was read with all others', and nothing was given or forgotten any more, for any account.</summary>
    [Fact]
    public async Task A_row_whose_key_cannot_be_read_keeps_no_other_from_its_message()
    {
        await _shop.ReceiveAsync(Text("m1", "hello", 1), Text("m2", "hello", 2));
        await KeepAsync("m1", MessageChanges.None.With(new Reaction(Party.Customer, "love", "❤️", At(3))));
        await KeepAsync("m2", MessageChanges.None.With(new Reaction(Party.Customer, "love", "❤️", At(3))));
        await _shop.Store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlAsync(
            $"UPDATE early_changes SET account_id = 'none', kept_at = 0 WHERE instagram_message_id = 'm1'"));

        await SweepAsync();

        (await _shop.MessageAsync("m2")).Reactions.ShouldHaveSingleItem();
    }

    /// <summary>The update looked for the version that it was about to write, and every bundle with such a change failed.</summary>
    [Fact]
    public async Task What_a_unit_has_written_itself_can_change_again_in_it()
    {
        var mid = InstagramMessageId.Parse("b1");
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
        {
            var early = await EarlyChanges.LoadAsync(scope.Db, [mid]);
            early.Keep(
                _shop.Account.Id, mid, kept => kept.With(new Reaction(Party.Customer, "love", "❤️", At(1))), _clock.GetUtcNow());
            await scope.Db.SaveChangesAsync();
            early.Keep(_shop.Account.Id, mid, kept => kept.WithRead(At(2)), _clock.GetUtcNow());
        });

        await using var db = _shop.Store.Read();
        var changes = (await db.Set<EarlyChange>().SingleAsync()).Changes;
        (changes.Reactions.Count, changes.ReadAt).ShouldBe((1, At(2)));
    }

    /// <summary>A later reaction takes the earlier one's place, and both stood for the message.</summary>
    [Fact]
    public async Task A_message_that_never_comes_stands_at_the_first_reaction_to_it_although_another_replaced_that()
    {
        await _shop.ReceiveAsync(MetaPayloads.React(Id, Customer, "never", "love", "❤️", At(1)));
        await _shop.ReceiveAsync(MetaPayloads.React(Id, Customer, "never", "wow", "😮", At(2)));
        await _shop.ReceiveAsync(MetaPayloads.Edit(Customer, Id, "never", "edited", 1, At(3)));

        (await _shop.MessageAsync("never")).SentAt.ShouldBe(At(1));
    }

    [Fact]
    public async Task What_waits_for_a_message_that_never_comes_is_forgotten_after_a_month()
    {
        await _shop.ReceiveAsync(MetaPayloads.React(Id, Customer, "never", "love", "❤️", At(1)));
        _clock.Advance(TimeSpan.FromDays(29));
        await SweepAsync();
        (await KeptAsync()).ShouldBe(["never"]);

        _clock.Advance(TimeSpan.FromDays(2));
        await SweepAsync();

        (await KeptAsync()).ShouldBeEmpty();
    }

    /// <summary>Where the message stands nobody knows before it comes, so nobody knows what else was read with it.</summary>
    [Fact]
    public async Task That_a_message_was_read_waits_for_the_message_itself_although_an_edit_of_it_came()
    {
        await _shop.ReceiveAsync(Echo("b0", "before", 0));
        await _shop.ReceiveAsync(MetaPayloads.Read(Id, Customer, "b1", At(9)));
        await _shop.ReceiveAsync(MetaPayloads.Edit(Customer, Id, "b1", "edited", 1, At(5)));

        await SweepAsync();
        (await _shop.MessageAsync("b0")).ReadAt.ShouldBeNull();
        (await KeptAsync()).ShouldBe(["b1"]);

        await _shop.ReceiveAsync(Echo("b1", "first", 1));
        (await _shop.ThreadAsync()).Select(message => message.ReadAt).ShouldBe([At(9), At(9)]);
        (await KeptAsync()).ShouldBeEmpty();
    }

    private async Task SweepAsync() => await _shop.Store.Services.GetRequiredService<EarlyChangeSweep>().RoundAsync(default);

    private Task KeepAsync(string mid, MessageChanges changes) => _shop.Store.UnitOfWork.ExecuteAsync(scope =>
    {
        scope.Db.Add(new EarlyChange
        {
            AccountId = _shop.Account.Id,
            InstagramMessageId = InstagramMessageId.Parse(mid),
            Changes = changes,
            KeptAt = _clock.GetUtcNow(),
        });
        return Task.CompletedTask;
    });

    private async Task<List<string>> KeptAsync()
    {
        await using var db = _shop.Store.Read();
        return (await db.Set<EarlyChange>().ToListAsync()).ConvertAll(row => row.InstagramMessageId.Value);
    }
}
