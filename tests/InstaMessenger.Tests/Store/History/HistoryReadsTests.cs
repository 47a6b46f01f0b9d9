using System.Text.Json.Nodes;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.History;
using InstaMessenger.Tests.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.History;

/// <summary>What is found at Meta, before, after and beside its webhook.</summary>
public sealed class HistoryReadsTests : IAsyncLifetime
{
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        _shop = await InboundShop.OpenAsync();
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
        {
            var account = await scope.Db.Accounts.SingleAsync();
            await _shop.Store.Services.GetRequiredService<HistoryRuns>().BeginAsync(scope, account, wasLinked: false);
            await scope.Db.SaveChangesAsync();
            await _shop.Store.Services.GetRequiredService<HistoryRuns>().BeginAgainAsync(scope, account, since: null);
        });
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task What_an_import_finds_is_history_that_nobody_is_told_of()
    {
        await FindAsync(HistoryPurpose.Import, InboundShop.Text("m.1", "from before", 1), InboundShop.Echo("m.2", "an answer", 2));

        var thread = await _shop.ThreadAsync();
        thread.Select(message => (message.Text, message.History)).ShouldBe([("from before", true), ("an answer", true)]);
        var conversation = await _shop.ConversationAsync();
        (conversation.UnreadCount, conversation.LastInboundAt, conversation.ContactUsername).ShouldBe((0, InboundShop.At(1), "anna"));
        (await _shop.EventsAsync(EventTypes.MessageReceived)).ShouldBeEmpty();
        (await _shop.EventsAsync(EventTypes.MessageSent)).ShouldBeEmpty();
        var (history, _) = await HistoryAsync();
        (history.Found, history.Imported, history.State).ShouldBe((2, 2, BackfillState.Running));
    }

    [Fact]
    public async Task An_account_that_wants_its_history_is_told_of_it()
    {
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
            (await scope.Db.Accounts.SingleAsync()).Configure(humanAgent: null, markSeen: null, historyEvents: true));

        await FindAsync(HistoryPurpose.Import, InboundShop.Text("m.1", "from before", 1));

        var told = (await _shop.EventsAsync(EventTypes.MessageReceived)).ShouldHaveSingleItem();
        told.GetProperty("message").GetProperty("history").GetBoolean().ShouldBeTrue();
        told.GetProperty("conversation").GetProperty("unread_count").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_webhook_that_an_import_overtook_is_told_once_and_counts()
    {
        await FindAsync(HistoryPurpose.Import, InboundShop.Text("m.1", "just now", 1));

        await _shop.ReceiveAsync(InboundShop.Text("m.1", "just now", 1));
        await _shop.ReceiveAsync(InboundShop.Text("m.1", "just now", 1));
        await FindAsync(HistoryPurpose.Import, InboundShop.Text("m.1", "just now", 1));

        (await _shop.ThreadAsync()).ShouldHaveSingleItem().History.ShouldBeFalse();
        (await _shop.ConversationAsync()).UnreadCount.ShouldBe(1);
        (await _shop.EventsAsync(EventTypes.MessageReceived)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_came_by_webhook_stays_as_it_is()
    {
        await _shop.ReceiveAsync(MetaPayloads.Postback(InboundShop.Id, InboundShop.Customer, "m.1", "Menu", "MENU", InboundShop.At(1)));

        await FindAsync(HistoryPurpose.Sweep, InboundShop.Text("m.1", "Menu", 1));

        var message = (await _shop.ThreadAsync()).ShouldHaveSingleItem();
        (message.Kind, message.Postback!.Payload, message.History).ShouldBe((MessageKind.Postback, "MENU", false));
        var (history, _) = await HistoryAsync();
        (history.SweepFound, history.SweepMissing).ShouldBe((1, 0));
    }

    [Fact]
    public async Task What_a_sweep_finds_missing_is_a_message_that_has_just_come_and_a_late_webhook_fills_it()
    {
        await FindAsync(HistoryPurpose.Sweep, InboundShop.Text("m.1", "Menu", 1));

        (await _shop.ThreadAsync()).ShouldHaveSingleItem().History.ShouldBeFalse();
        (await _shop.ConversationAsync()).UnreadCount.ShouldBe(1);
        (await _shop.EventsAsync(EventTypes.MessageReceived)).ShouldHaveSingleItem();

        await _shop.ReceiveAsync(MetaPayloads.Postback(InboundShop.Id, InboundShop.Customer, "m.1", "Menu", "MENU", InboundShop.At(1)));

        (await _shop.ThreadAsync()).ShouldHaveSingleItem().Postback!.Payload.ShouldBe("MENU");
        (await _shop.ConversationAsync()).UnreadCount.ShouldBe(1);
        (await _shop.EventsAsync(EventTypes.PostbackReceived)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_was_taken_back_or_whose_contact_was_erased_never_comes_back()
    {
        await _shop.ReceiveEachAsync([InboundShop.Text("m.1", "a secret", 1), InboundShop.Unsend("m.1", 2)]);
        await _shop.Store.UnitOfWork.ExecuteAsync(scope =>
        {
            var contact = InstagramUserId.Parse("777");
            scope.Db.Add(new ErasedContact
            {
                AccountId = _shop.Account.Id,
                ContactHash = ErasedContactHash.Of(_shop.Account.Id, contact),
                ErasedAt = InboundShop.At(5),
            });
            return Task.CompletedTask;
        });

        await FindAsync(
            HistoryPurpose.Import,
            InboundShop.Text("m.1", "a secret", 1),
            MetaPayloads.Text(InboundShop.Id, "777", "m.2", "a secret", InboundShop.At(4)),
            MetaPayloads.Text(InboundShop.Id, "777", "m.3", "written since", InboundShop.At(6)));

        (await _shop.EverythingAsync()).ShouldNotContain("a secret");
        (await _shop.ThreadAsync()).Select(message => message.Text).ShouldBe([null, "written since"]);
    }

    [Fact]
    public async Task A_part_that_comes_twice_counts_once_and_the_end_tells_how_complete_the_day_was()
    {
        await _shop.ReceiveAsync(InboundShop.Text("m.1", "came", 1));
        var part = Part(HistoryPurpose.Sweep, 2, InboundShop.Text("m.1", "came", 1), InboundShop.Text("m.2", "withheld", 2));

        await HandleAsync(part);
        await HandleAsync(part);
        await HandleAsync(Part(HistoryPurpose.Sweep, 2) with { Thread = null, Ended = true });

        var (history, _) = await HistoryAsync();
        (history.Known, history.Missing).ShouldBe((1, 1));
        history.CheckedAt.ShouldNotBeNull();
        (await _shop.EventsAsync(EventTypes.MessageReceived)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_end_of_an_import_is_told_with_what_was_found()
    {
        await FindAsync(HistoryPurpose.Import, InboundShop.Text("m.1", "from before", 1));
        await HandleAsync(Part(HistoryPurpose.Import, 1) with { Thread = null, Ended = true });
        // A part that was late changes no end.
        await HandleAsync(Part(HistoryPurpose.Import, 1) with { Thread = null, Ended = true, Error = "late" });

        await using var db = _shop.Store.Read();
        var last = await db.Events.Where(row => row.Type == EventTypes.HistoryProgress).OrderBy(row => row.Sequence).LastAsync();
        var backfill = JsonNode.Parse(last.Body)!["data"]!["backfill"]!;
        ((string?)backfill["state"], (int)backfill["found"]!, (int)backfill["imported"]!).ShouldBe(("done", 1, 1));
    }

    private Task FindAsync(HistoryPurpose purpose, params JsonObject[] items) => HandleAsync(Part(purpose, items.Length, items));

    private HistoryRead Part(HistoryPurpose purpose, int found, params JsonObject[] items) => new(
        _shop.Account.Id,
        purpose,
        // Linking imports (1); asking for a backfill imports again (2) and sweeps (3).
        purpose == HistoryPurpose.Import ? 2 : 3,
        found,
        new HistoryThread(
            InstagramUserId.Parse(InboundShop.Customer),
            "anna",
            MetaPayloads.Bytes(MetaPayloads.Envelope(InboundShop.Id, InboundShop.At(10_000), items))),
        Ended: false,
        Error: null,
        InboundShop.At(10_000));

    private Task HandleAsync(HistoryRead part) => _shop.Store.UnitOfWork.ExecuteAsync(scope =>
        _shop.Store.Services.GetRequiredService<HistoryReads>().HandleAsync(scope, [new BusItem<HistoryRead>("t", null, part)]));

    private async Task<(AccountHistory History, int Messages)> HistoryAsync()
    {
        await using var db = _shop.Store.Read();
        return (await db.Set<AccountHistory>().SingleAsync(), await db.Messages.CountAsync());
    }
}
