using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.People;
using InstaMessenger.Store.Search;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Search;

/// <summary>What is found, and what is not found any more; on every database.</summary>
public sealed class SearchTests : IAsyncLifetime
{
    private InboundShop _shop = null!;

    // The test runs the rounds, one at a time.
    public async ValueTask InitializeAsync() => _shop = await OpenAsync(services =>
        services.RemoveLoopOf<SearchIndexer>());

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Theory]
    [InlineData("Crème brûlée", "creme")]
    [InlineData("我想买这件衣服", "衣服")]
    [InlineData("東京タワー", "タワー")]
    [InlineData("อยากซื้อเสื้อตัวนี้", "เสื้อ")]
    [InlineData("هل الكتاب متوفر؟", "متوفر")]
    [InlineData("thanks 🎉", "🎉")]
    public async Task A_message_is_found_in_every_script_and_the_newest_first(string text, string question)
    {
        await _shop.ReceiveAsync(Text("m1", text, 0), Text("m2", "something else", 1), Echo("b1", text, 2));
        await IndexAsync();

        (await FindAsync(question)).ShouldBe(["b1", "m1"]);
    }

    [Fact]
    public async Task What_was_taken_back_is_not_found_and_nothing_of_it_is_left_in_the_index()
    {
        await _shop.ReceiveAsync(Text("m1", "secret words", 0), Text("m2", "other words", 1));
        await IndexAsync();
        (await FindAsync("secret")).ShouldBe(["m1"]);

        await _shop.ReceiveAsync(Unsend("m1", 2));
        (await FindAsync("secret")).ShouldBeEmpty("not even before the index has heard of it");
        (await FindAsync("words")).ShouldBe(["m2"]);
        await IndexAsync();

        await using var db = _shop.Store.Read();
        (await db.Set<SearchTerm>().Select(row => row.Term).Order().ToListAsync()).ShouldBe(["other", "words"]);
        (await db.Set<SearchedMessage>().Select(row => row.Terms).ToListAsync()).ShouldBe(["other\nwords"]);
    }

    [Fact]
    public async Task An_edited_message_is_found_by_what_it_says_now()
    {
        await _shop.ReceiveAsync(Text("m1", "tomorrow at nine", 0));
        await IndexAsync();
        await _shop.ReceiveAsync(MetaPayloads.Edit(Id, Customer, "m1", "tomorrow at ten", 1, At(1)));

        (await FindAsync("nine")).ShouldBeEmpty();
        await IndexAsync();

        (await FindAsync("tomorrow ten")).ShouldBe(["m1"]);
        await using var db = _shop.Store.Read();
        (await db.Set<SearchTerm>().AnyAsync(row => row.Term == "nine")).ShouldBeFalse();
    }

    /// <summary>The echo of a send can come first. It is indexed, and then its row goes because the send's is the same message.</summary>
    [Fact]
    public async Task A_message_whose_row_goes_leaves_nothing_in_the_index()
    {
        await _shop.ReceiveAsync(Text("m1", "secret words", 0));
        await IndexAsync();

        await _shop.Store.UnitOfWork.ExecuteAsync(async scope => scope.Db.Remove(await scope.Db.Messages.SingleAsync()));

        await using var db = _shop.Store.Read();
        (await db.Set<SearchTerm>().CountAsync(), await db.Set<SearchedMessage>().CountAsync()).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Messages_from_before_the_index_are_taken_in_when_nothing_new_comes()
    {
        await _shop.ReceiveAsync(Text("m1", "secret words", 0), Text("m2", "other words", 1));
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
        {
            await scope.Db.Database.ExecuteSqlAsync(
                $"UPDATE counters SET value = (SELECT MAX(sequence) FROM events) WHERE name = 'searched'");
            await scope.Db.Database.ExecuteSqlAsync(
                $"UPDATE counters SET value = (SELECT MAX(sequence) + 1 FROM messages) WHERE name = 'searched_back'");
        });
        (await FindAsync("words")).ShouldBeEmpty();

        await IndexAsync();
        await IndexAsync();

        (await FindAsync("words")).ShouldBe(["m2", "m1"]);
        await using var db = _shop.Store.Read();
        (await db.Counters.SingleAsync(row => row.Name == Counter.SearchedBack)).Value.ShouldBe(0);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_keeps_no_other_out_of_the_index()
    {
        await _shop.ReceiveAsync(Text("m1", "secret words", 0));
        await _shop.ReceiveAsync(Text("m2", "other words", 1));
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
        {
            var first = await scope.Db.Events.MinAsync(row => row.Sequence);
            await scope.Db.Database.ExecuteSqlAsync($"UPDATE events SET message_id = 'rotten!' WHERE sequence = {first}");
        });

        await IndexAsync();

        (await FindAsync("words")).ShouldBe(["m2"]);
    }

    [Fact]
    public async Task The_newest_are_found_of_all_words_that_begin_like_the_last_one()
    {
        await _shop.ReceiveAsync([.. Enumerable.Range(0, 90).Select(n => Text($"m{n:00}", $"word{n:00} and more", n))]);
        await IndexAsync();

        (await FindAsync("word")).Count.ShouldBe(20);
        (await FindAsync("word0")).ShouldBe([.. Enumerable.Range(0, 10).Reverse().Select(n => $"m{n:00}")]);
        (await FindAsync("more word4")).Count.ShouldBe(10);
    }

    /// <summary>The walk along a frequent word ends after 5,000 messages: a rarer word beside it leads further back.</summary>
    [Fact]
    public async Task Words_that_thousands_of_newer_messages_have_are_found_beside_a_rarer_one()
    {
        await _shop.ReceiveAsync(
            Text("m0", "alpha beta gamma delta0", 0), Text("m1", "alpha beta delta1", 1), Text("m2", "gamma beta", 2));
        await IndexAsync();
        var scope = SearchTerm.ScopeOf(_shop.Account.Id);
        var newer = Enumerable.Range(1_000, 5_500)
            .Select(n => (Sequence: n, Terms: new[] { "alpha", "beta", "gamma" }[..(n % 3 == 0 ? 3 : 2)])).ToList();
        await _shop.Store.UnitOfWork.ExecuteAsync(async unit =>
        {
            await BulkInsert.EntitiesAsync(unit.Db, newer.ConvertAll(
                message => new SearchedMessage { Sequence = message.Sequence, Terms = string.Join('\n', message.Terms) }));
            await BulkInsert.EntitiesAsync(unit.Db, newer.SelectMany(message => message.Terms.Select(
                term => new SearchTerm { Scope = scope, Term = term, Sequence = message.Sequence })).ToList());
        });

        (await FindAsync("alpha beta delta")).ShouldBe(["m1", "m0"]);
        (await FindAsync("delta0 beta")).ShouldBe(["m0"]);
        (await FindAsync("gamma alp")).ShouldBe(["m0"]);
        (await FindAsync("beta gamma alp")).ShouldBe(["m0"]);
        (await FindAsync("gamma delta")).ShouldBe(["m0"]);
        (await FindAsync("gam")).ShouldBe(["m2", "m0"]);
        (await FindAsync("gamma alpha nowhere")).ShouldBeEmpty();
    }

    /// <summary>Two accounts whose eight bytes are equal are as good as impossible, and still no reason to show one the other's.</summary>
    [Fact]
    public async Task Another_accounts_message_is_never_found_even_if_the_index_says_so()
    {
        await _shop.ReceiveAsync(Text("m1", "secret", 0));
        await IndexAsync();
        var other = await _shop.Store.LinkAsync("17841400000000099", "17841400000000099");
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
        {
            var sequence = await scope.Db.Messages.Select(message => message.Sequence).SingleAsync();
            scope.Db.Add(new SearchTerm { Scope = SearchTerm.ScopeOf(other.Id), Term = "secret", Sequence = sequence });
        });

        (await FindAsync("secret", other.Id)).ShouldBeEmpty();
        (await FindAsync("secret")).ShouldBe(["m1"]);
    }

    [Fact]
    public async Task A_contact_is_found_by_name_and_username_as_they_are_now()
    {
        await _shop.ReceiveAsync(Text("m1", "hi", 0));
        await NameAsync("old.name", "Zoë Müller");
        await IndexAsync();
        (await ContactsAsync("zoe mul")).ShouldBe([Customer]);

        await NameAsync("new.name", "Zoë 山田");
        await IndexAsync();

        (await ContactsAsync("muller")).ShouldBeEmpty();
        (await ContactsAsync("old")).ShouldBeEmpty();
        (await ContactsAsync("山田")).ShouldBe([Customer]);
        (await ContactsAsync("new.na")).ShouldBe([Customer]);
    }

    private async Task IndexAsync()
    {
        var indexer = _shop.Store.Services.GetRequiredService<SearchIndexer>();
        await indexer.Lease.TryTakeAsync(default);
        await indexer.RoundAsync(default);
    }

    private async Task<List<string>> FindAsync(string question, AccountId? account = null)
    {
        await using var db = _shop.Store.Read();
        var found = await MessageSearch.FindAsync(db, account ?? _shop.Account.Id, SearchQuestion.Of(question)!, 20, default);
        var rows = await db.Messages.Where(row => found.Contains(row.Sequence)).OrderByDescending(row => row.Sequence).ToListAsync();
        return rows.ConvertAll(row => row.InstagramMessageId!.Value.Value);
    }

    private async Task<List<string>> ContactsAsync(string question)
    {
        await using var db = _shop.Store.Read();
        var found = await ContactSearch.FindAsync(db, _shop.Account.Id, SearchQuestion.Of(question)!, 20, default);
        var ids = found.ConvertAll(contact => contact.Id);
        return (await db.Conversations.Where(row => ids.Contains(row.Id)).ToListAsync()).ConvertAll(row => row.ContactId.Value);
    }

    private Task NameAsync(string username, string name) => _shop.Store.UnitOfWork.ExecuteAsync(scope =>
        _shop.Store.Services.GetRequiredService<ProfileReports>().HandleAsync(
            scope,
            [
                new BusItem<ProfileReported>("r", null, new ProfileReported(
                    _shop.Account.Id, InstagramUserId.Parse(Customer), ProfileOutcome.Found, username, name, null,
                    TimeProvider.System.GetUtcNow())),
            ]));
}
