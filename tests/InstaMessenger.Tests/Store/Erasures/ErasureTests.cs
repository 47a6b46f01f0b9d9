using System.Text;
using System.Text.Json.Nodes;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Erasures;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.History;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Store.Outbound;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Erasures;

/// <summary>What is erased is gone from every table, and stays away.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private const string Secret = "whatNobodyMayKnowAnyMore";
    private const string Contact = "918273645546372819";
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await InboundShop.OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_contact_is_gone_from_every_table_and_the_others_are_as_they_were()
    {
        await FillAsync();
        await _shop.ReceiveAsync(InboundShop.Text("m.other", "of somebody else", 3));
        var before = await CountAsync(InboundShop.Customer);

        var erasure = await EraseContactAsync();

        (await WhereAsync(Secret)).ShouldBeEmpty();
        // Who was erased is told to those who keep something of them, and the job knows it until it has looked again.
        (await WhereAsync(Contact)).ShouldBe(["erasures.contact_id", "events.body"]);
        (erasure.Counts["messages"], erasure.Counts["conversations"], erasure.Counts["comments"]).ShouldBe((3, 1, 1));
        erasure.Counts["events"].ShouldBeGreaterThanOrEqualTo(4);
        (await CountAsync(InboundShop.Customer)).ShouldBe(before);
        (await _shop.MessageAsync("m.other")).Text.ShouldBe("of somebody else");
        var told = (await _shop.EventsAsync(EventTypes.ContactErased)).ShouldHaveSingleItem();
        told.GetProperty("contact").GetProperty("id").GetString().ShouldBe(Contact);
    }

    [Fact]
    public async Task What_the_contact_did_before_never_comes_back_and_what_they_write_since_begins_a_new_thread()
    {
        await FillAsync();
        await EraseContactAsync();
        var now = TimeProvider.System.GetUtcNow().AddMilliseconds(5);
        while (TimeProvider.System.GetUtcNow() < now) await Task.Yield();

        // Meta repeats, and a late change names what is gone.
        await _shop.ReceiveEachAsync([.. Said(), MetaPayloads.Edit(InboundShop.Id, Contact, "m.1", "an edit", 1, now),
            MetaPayloads.Unsend(InboundShop.Id, Contact, "m.2", now),
            MetaPayloads.React(InboundShop.Id, Contact, "m.1", "love", "❤️", now), MetaPayloads.Read(InboundShop.Id, Contact, "m.1", now)]);

        await using (var db = _shop.Store.Read()) (await db.Conversations.CountAsync()).ShouldBe(0);
        var types = await TypesAsync();
        types.ShouldBe([EventTypes.ContactErased], "nobody is told of what is gone");

        await _shop.ReceiveAsync(MetaPayloads.Text(InboundShop.Id, Contact, "m.new", "written since", now));

        (await _shop.ThreadAsync()).ShouldHaveSingleItem().Text.ShouldBe("written since");
    }

    [Fact]
    public async Task What_a_unit_wrote_beside_the_request_is_found_when_it_is_looked_again()
    {
        await FillAsync();
        var erasure = await EraseContactAsync();
        // As if a unit had not seen the request: the rule is taken away while it writes.
        await WithoutRuleAsync(() => _shop.ReceiveAsync(Said()[0]));
        (await WhereAsync(Secret)).ShouldNotBeEmpty();

        await _shop.Store.UnitOfWork.ExecuteAsync(scope => scope.Db.Set<Erasure>()
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, DateTimeOffset.UnixEpoch)));
        await RunAsync(erasure.Id, row => row.Step == ErasureStep.Over);

        await using var db = _shop.Store.Read();
        (await db.Messages.CountAsync(), await db.Conversations.CountAsync()).ShouldBe((0, 0));
        (await WhereAsync(Contact)).ShouldBe(["events.body"]);
    }

    /// <summary>A gateway whose store died gave the request to another one, and each told of a part.</summary>
    [Fact]
    public async Task Whoever_asks_again_while_a_contact_is_being_erased_gets_the_report_of_all_of_it()
    {
        await FillAsync();
        var begun = await BeginAsync();

        (await BeginAsync()).ShouldBe(begun);
        await RunAsync(begun, row => row.FinishedAt is not null);

        (await ReportAsync(begun)).Counts["messages"].ShouldBe(3);
        (await _shop.EventsAsync(EventTypes.ContactErased)).Count.ShouldBe(1);
        (await BeginAsync()).ShouldNotBe(begun, "it is over");
    }

    [Theory]
    [InlineData("message")]
    [InlineData("comment")]
    public async Task What_a_contact_says_while_they_are_being_erased_is_erased_when_it_is_asked_for_again(string what)
    {
        await FillAsync();
        var begun = await BeginAsync();
        var now = TimeProvider.System.GetUtcNow().AddMilliseconds(5);
        while (TimeProvider.System.GetUtcNow() < now) await Task.Yield();
        var since = what == "message"
            ? MetaPayloads.Envelope(InboundShop.Id, now, MetaPayloads.Text(InboundShop.Id, Contact, "m.new", Secret, now))
            // Of a comment Meta tells the second.
            : MetaPayloads.Comment(InboundShop.Id, Contact, "1784140000000002", Secret, now.AddSeconds(1));
        await _shop.Store.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(since)));

        var again = await BeginAsync();
        await RunAsync(begun, row => row.FinishedAt is not null);
        await RunAsync(again, row => row.FinishedAt is not null);

        again.ShouldNotBe(begun);
        (await WhereAsync(Secret)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_asks_again_while_an_account_is_being_erased_gets_the_report_of_all_of_it_unless_it_was_linked_meanwhile()
    {
        await FillAsync();
        var begun = await BeginAccountAsync();

        (await BeginAccountAsync()).ShouldBe(begun);
        await LinkAgainAsync();

        (await BeginAccountAsync()).ShouldNotBe(begun);
    }

    [Fact]
    public async Task Everything_of_an_account_is_gone_and_another_accounts_is_as_it_was()
    {
        const string Neighbour = "17841400000000055";
        var neighbour = await _shop.Store.LinkAsync(Neighbour, Neighbour);
        await FillAsync();
        await _shop.Store.ReceiveAsync(
            Webhook(Neighbour, MetaPayloads.Text(Neighbour, Contact, "n.1", "a neighbour's", InboundShop.At(1))));
        await QuarantineAsync("before the end");

        var erasure = await EraseAccountAsync();

        (await WhereAsync(Secret)).ShouldBeEmpty();
        await using var db = _shop.Store.Read();
        (await db.Messages.SingleAsync()).AccountId.ShouldBe(neighbour.Id);
        var account = await db.Accounts.SingleAsync(row => row.Id == _shop.Account.Id);
        (account.Username, account.ErasedAt is not null, account.MessagingChannelId).ShouldBe(("", true, null));
        erasure.Counts["conversations"].ShouldBe(1);
        var bodies = await db.Events.Where(row => row.AccountId == _shop.Account.Id && row.Type != EventTypes.AccountDisconnected)
            .Select(row => row.Body).ToListAsync();
        bodies.ShouldAllBe(body => body.Length == 0);
        (await db.Set<QuarantinedWebhook>().CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Of_an_erased_account_nothing_is_taken_in_until_it_is_linked_again_and_then_only_what_is_younger()
    {
        await FillAsync();
        await EraseAccountAsync();
        await _shop.ReceiveEachAsync(Said());
        await _shop.ReceiveAsync(MetaPayloads.Text(InboundShop.Id, Contact, "m.meanwhile", Secret, TimeProvider.System.GetUtcNow()));
        (await WhereAsync(Secret)).ShouldBeEmpty();

        await LinkAgainAsync();
        await FindAsync([.. Said(), MetaPayloads.Text(InboundShop.Id, Contact, "m.new", "since", TimeProvider.System.GetUtcNow())]);

        (await WhereAsync(Secret)).ShouldBeEmpty();
        (await _shop.ThreadAsync()).ShouldHaveSingleItem().Text.ShouldBe("since");
    }

    [Fact]
    public async Task A_long_thread_is_erased_in_parts_by_two_workers_at_once()
    {
        await _shop.ReceiveAsync([.. Enumerable.Range(0, 350).Select(
            n => MetaPayloads.Text(InboundShop.Id, Contact, $"m.{n}", $"{Secret} {n}", InboundShop.At(n)))]);
        var id = await BeginAsync();
        var second = ActivatorUtilities.CreateInstance<ErasureWorker>(_shop.Store.Services);

        await Task.WhenAll(RunAsync(id, row => row.FinishedAt is not null), RunAsync(id, row => row.FinishedAt is not null, second));

        var erasure = await ReportAsync(id);
        (erasure.Counts["messages"], erasure.Counts["conversations"]).ShouldBe((350, 1));
        (await WhereAsync(Secret)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_report_of_a_send_that_was_erased_meanwhile_is_no_fault()
    {
        await FillAsync();
        await EraseContactAsync();

        await _shop.Store.UnitOfWork.ExecuteAsync(scope => _shop.Store.Services.GetRequiredService<SendReports>().HandleAsync(
            scope,
            [
                new BusItem<SendReported>("r", null, new SendReported(
                    MessageId.New(TimeProvider.System), _shop.Account.Id, 1, SendOutcome.Sent, InstagramMessageId.Parse("m.sent"), null,
                    TimeProvider.System.GetUtcNow())),
            ]));
    }

    [Fact]
    public async Task A_dead_letter_that_names_the_contact_goes_and_one_of_another_stays()
    {
        await FillAsync();
        await DeadAsync("theirs", MetaPayloads.Text(InboundShop.Id, Contact, "m.9", Secret, InboundShop.At(1)));
        await DeadAsync("another's", MetaPayloads.Text(InboundShop.Id, "5", "m.8", "stays", InboundShop.At(1)));

        await EraseContactAsync();

        await using var db = _shop.Store.Read();
        (await db.Set<DeadLetter>().Select(row => row.ItemId).ToListAsync()).ShouldBe(["another's"]);
    }

    private static JsonObject[] Said() =>
    [
        MetaPayloads.Text(InboundShop.Id, Contact, "m.1", Secret, InboundShop.At(1)),
        MetaPayloads.Text(InboundShop.Id, Contact, "m.2", $"more {Secret}", InboundShop.At(2)),
        MetaPayloads.Echo(InboundShop.Id, Contact, "m.3", $"an answer to {Secret}", InboundShop.At(3)),
    ];

    /// <summary>A thread, a change that came too early, a comment, something without a name here, and what was indexed of it.</summary>
    private async Task FillAsync()
    {
        await _shop.ReceiveEachAsync(Said());
        await _shop.ReceiveAsync(MetaPayloads.React(InboundShop.Id, Contact, "m.2", "love", "❤️", InboundShop.At(4)));
        await _shop.Store.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(
            MetaPayloads.Comment(InboundShop.Id, Contact, "1784140000000001", Secret, InboundShop.At(5)))));
        await _shop.ReceiveAsync(MetaPayloads.Optin(InboundShop.Id, Contact, Secret, InboundShop.At(6)));
    }

    private async Task QuarantineAsync(string text)
    {
        await _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
            (await scope.Db.Accounts.SingleAsync(row => row.Id == _shop.Account.Id)).Unlink(TimeProvider.System.GetUtcNow()));
        await _shop.ReceiveAsync(MetaPayloads.Text(InboundShop.Id, Contact, "m.late", $"{text} {Secret}", InboundShop.At(9)));
    }

    private Task DeadAsync(string id, JsonObject item) => _shop.Store.UnitOfWork.ExecuteAsync(scope =>
    {
        var body = MetaPayloads.Bytes(MetaPayloads.Envelope(InboundShop.Id, InboundShop.At(1), item));
        scope.Db.Add(DeadLetter.Of(
            InboundSetup.Queue,
            new BusItem<WebhookReceived>(id, null, new WebhookReceived(body, InboundShop.At(1))),
            new InvalidOperationException(),
            TimeProvider.System));
        return Task.CompletedTask;
    });

    private Task FindAsync(JsonObject[] items) => _shop.Store.UnitOfWork.ExecuteAsync(scope =>
        _shop.Store.Services.GetRequiredService<HistoryReads>().HandleAsync(
            scope,
            [
                new BusItem<HistoryRead>("t", null, new HistoryRead(
                    _shop.Account.Id, HistoryPurpose.Import, 1, items.Length,
                    new HistoryThread(
                        InstagramUserId.Parse(Contact), "anna",
                        MetaPayloads.Bytes(MetaPayloads.Envelope(InboundShop.Id, InboundShop.At(10_000), items))),
                    false, null, InboundShop.At(10_000))),
            ]));

    private static string Webhook(string account, JsonObject item) =>
        Encoding.UTF8.GetString(MetaPayloads.Bytes(MetaPayloads.Envelope(account, InboundShop.At(10_000), item)));

    private async Task<Erasure> EraseContactAsync()
    {
        var id = await BeginAsync();
        await RunAsync(id, row => row.FinishedAt is not null);
        return await ReportAsync(id);
    }

    private Task<string> BeginAsync() => _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var account = await scope.Db.Accounts.SingleAsync(row => row.Id == _shop.Account.Id);
        return (await Start.OfContactAsync(scope, account, InstagramUserId.Parse(Contact))).Id;
    });

    private Task LinkAgainAsync() => _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var account = await scope.Db.Accounts.SingleAsync(row => row.Id == _shop.Account.Id);
        account.Link(
            new AccountLink("shop", LoginType.Instagram, "protected", MessagingChannelId.Parse(InboundShop.Id), null, null),
            TimeProvider.System.GetUtcNow());
        await _shop.Store.Services.GetRequiredService<HistoryRuns>().BeginAsync(scope, account, wasLinked: false);
    });

    private Task<string> BeginAccountAsync() => _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var account = await scope.Db.Accounts.SingleAsync(row => row.Id == _shop.Account.Id);
        var erasure = await Start.OfAccountAsync(scope, account, requestCode: null);
        if (account.UnlinkedAt is null) account.Unlink(TimeProvider.System.GetUtcNow());
        return erasure.Id;
    });

    private async Task<Erasure> EraseAccountAsync()
    {
        var id = await BeginAccountAsync();
        await RunAsync(id, row => row.FinishedAt is not null);
        return await ReportAsync(id);
    }

    private ErasureStart Start => _shop.Store.Services.GetRequiredService<ErasureStart>();

    private async Task RunAsync(string id, Func<Erasure, bool> isReached, ErasureWorker? worker = null)
    {
        worker ??= _shop.Store.Services.GetRequiredService<ErasureWorker>();
        for (var rounds = 0; rounds < 2000; rounds++)
        {
            if (isReached(await ReportAsync(id))) return;
            await worker.RoundAsync(Patience.Token());
            await Task.Yield();
        }

        throw new TimeoutException($"The erasure is at {(await ReportAsync(id)).Step}.");
    }

    private async Task<Erasure> ReportAsync(string id)
    {
        await using var db = _shop.Store.Read();
        return await db.Set<Erasure>().AsNoTracking().SingleAsync(row => row.Id == id);
    }

    private async Task WithoutRuleAsync(Func<Task> write)
    {
        ErasedContact rule;
        await using (var db = _shop.Store.Read()) rule = await db.Set<ErasedContact>().AsNoTracking().SingleAsync();
        await _shop.Store.UnitOfWork.ExecuteAsync(scope => scope.Db.Set<ErasedContact>().ExecuteDeleteAsync());
        await write();
        await _shop.Store.UnitOfWork.ExecuteAsync(scope =>
        {
            scope.Db.Add(rule);
            return Task.CompletedTask;
        });
    }

    private async Task<IReadOnlyList<string>> WhereAsync(string text)
    {
        await using var db = _shop.Store.Read();
        // What is on its way to other services is taken in by them, who know that it is erased.
        return [.. (await EveryCell.HoldingAsync(db, text)).Where(place => !place.StartsWith("outbox", StringComparison.Ordinal))];
    }

    private async Task<int> CountAsync(string contact)
    {
        await using var db = _shop.Store.Read();
        var id = InstagramUserId.Parse(contact);
        return await db.Messages.CountAsync(
            row => db.Conversations.Any(thread => thread.Id == row.ConversationId && thread.ContactId == id));
    }

    /// <summary>The types of events that say something.</summary>
    private async Task<List<string>> TypesAsync()
    {
        await using var db = _shop.Store.Read();
        return (await db.Events.OrderBy(row => row.Sequence).ToListAsync()).FindAll(row => row.Body.Length > 0).ConvertAll(row => row.Type);
    }
}
