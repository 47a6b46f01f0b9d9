using System.Text.Json;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Mirror;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Mirror;

/// <summary>Fill pages are together everything that there is, once; event pages are the log, in order.</summary>
public sealed class MirrorReadsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private StoreHost _store = null!;
    private Account _shop = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync();
        _shop = await _store.LinkAsync("17841400000000000");
        await _store.LinkAsync("17841400000000001");
        // A long thread, many short ones, and some of another account.
        await _store.ReceiveAsync([.. Enumerable.Range(0, 450).Select(n => Webhook("17841400000000000", 1, n))]);
        await _store.ReceiveAsync([.. Enumerable.Range(0, 120).Select(n => Webhook("17841400000000000", 100 + n, 1_000 + n))]);
        await _store.ReceiveAsync([.. Enumerable.Range(0, 10).Select(n => Webhook("17841400000000001", 500 + n, 2_000 + n))]);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fill_has_every_thread_and_each_message_once(bool ofOne)
    {
        await using var db = _store.Read();
        var (threads, messages) = (new List<string>(), new List<string>());
        for (var place = FillPlace.Begin(ofOne ? _shop.Id : null); place is not null;)
        {
            var read = await MirrorReads.ReadAsync(db, new ReadMirror(1, 0, null, [], place, null), Now);
            read.Filled!.From.ShouldBe(place);
            threads.AddRange(read.Filled.Conversations.Select(IdOf));
            messages.AddRange(read.Filled.Messages.Select(IdOf));
            place = read.Filled.Next;
        }

        var expected = await db.Messages.Where(row => !ofOne || row.AccountId == _shop.Id).Select(row => row.Id).ToListAsync();
        expected.Count.ShouldBe(ofOne ? 570 : 580);
        messages.ShouldBe(expected.Select(id => id.Value), ignoreOrder: true);
        // A page that ends in the middle of its threads shows the others again.
        threads.Distinct().ShouldBe(
            (await db.Conversations.Where(row => !ofOne || row.AccountId == _shop.Id).Select(row => row.Id).ToListAsync())
                .Select(id => id.Value),
            ignoreOrder: true);
    }

    [Fact]
    public async Task Pages_of_events_are_the_log_of_the_types_that_are_asked_for()
    {
        await using var db = _store.Read();
        var (sequences, after, head) = (new List<long>(), 5L, long.MaxValue);
        while (after < head)
        {
            var read = await MirrorReads.ReadAsync(db, new ReadMirror(1, after, after, ["message.received"], null, null), Now);
            read.Last.ShouldBe(await db.Events.Where(row => row.Sequence == after).Select(row => (EventId?)row.Id).SingleAsync());
            sequences.AddRange(read.Events.Select(told => told.Sequence));
            (after, head) = (read.Position, read.Head);
        }

        sequences.ShouldBe(await db.Events.Where(row => row.Sequence > 5 && row.Type == "message.received").OrderBy(row => row.Sequence)
            .Select(row => row.Sequence).ToListAsync());
        var nothing = await MirrorReads.ReadAsync(db, new ReadMirror(1, 5, null, ["contact.erased"], null, null), Now);
        (nothing.Events.Count, nothing.Position).ShouldBe((0, nothing.Head));
    }

    [Fact]
    public async Task A_mirror_without_a_place_and_one_that_missed_what_is_gone_are_told_of_no_events()
    {
        await using var db = _store.Read();
        var fresh = await MirrorReads.ReadAsync(db, new ReadMirror(1, null, null, ["message.received"], null, null), Now);
        (fresh.Events.Count, fresh.Position, fresh.PositionId is null).ShouldBe((0, fresh.Head, false));

        await _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Events.Where(row => row.Sequence <= 100).ExecuteDeleteAsync());
        var late = await MirrorReads.ReadAsync(db, new ReadMirror(1, 50, 50, ["message.received"], null, null), Now);
        (late.Events.Count, late.Oldest, late.Position).ShouldBe((0, 101, late.Head));
    }

    [Fact]
    public async Task An_erasure_is_told_while_it_is_under_way_and_for_a_while_after()
    {
        var asked = Now.AddMinutes(-30);
        await _store.UnitOfWork.ExecuteAsync(scope =>
        {
            scope.Db.Add(Erasure.OfAccount("era_1", _shop.Id, null, asked, 1));
            return Task.CompletedTask;
        });
        await using var db = _store.Read();
        var told = (await MirrorReads.ReadAsync(db, new ReadMirror(1, 0, null, [], null, null), Now)).Erasures.ShouldHaveSingleItem();
        (told.ErasureId, told.IsOver, told.IsOfAccount, told.AskedAt).ShouldBe(("era_1", false, true, asked));
    }

    private static string Webhook(string account, int contact, int number) => $$"""
        {"object":"instagram","entry":[{"id":"{{account}}","time":1772000000000,"messaging":[{"sender":{"id":"65{{contact}}"},
        "recipient":{"id":"{{account}}"},"timestamp":{{1_772_000_000_000 + (number / 3)}},
        "message":{"mid":"mid-{{number}}","text":"{{new string('x', 50)}}"} }]}]}
        """;

    private static string IdOf(byte[] view) => JsonDocument.Parse(view).RootElement.GetProperty("id").GetString()!;
}
