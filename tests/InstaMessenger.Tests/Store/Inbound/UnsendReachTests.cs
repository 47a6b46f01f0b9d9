using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Contracts.Outgoing;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static InstaMessenger.Tests.Store.Inbound.InboundShop;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>What was taken back is kept nowhere, not even where it only waits.</summary>
public sealed class UnsendReachTests : IAsyncLifetime
{
    private const string Secret = "what they wish they had not said";
    private const string Unlinked = "17841400000000077";
    private InboundShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Theory]
    [InlineData("text edit unsend")]
    [InlineData("unsend text edit")]
    [InlineData("edit unsend text")]
    public async Task Quarantine_keeps_nothing_of_it_in_whatever_order_it_comes(string order)
    {
        await ReceiveUnlinkedAsync(MetaPayloads.Text(Unlinked, Customer, "other", "stays", At(0)));
        foreach (var name in order.Split(' ')) await ReceiveUnlinkedAsync(Item(name));

        (await QuarantinedAsync()).ShouldNotContain(Secret);
        (await QuarantinedAsync()).ShouldContain("stays");

        await _shop.Store.LinkAsync(Unlinked, Unlinked);
        await _shop.Store.Services.GetRequiredService<QuarantineReplay>().RoundAsync(default);
        (await _shop.ThreadAsync()).Select(message => (message.Kind, message.Text))
            .ShouldBe([(MessageKind.Text, "stays"), (MessageKind.Deleted, null)]);
    }

    [Fact]
    public async Task In_one_webhook_quarantine_keeps_nothing_of_it_either()
    {
        await ReceiveUnlinkedAsync(Item("text"), Item("unsend"), Item("edit"));

        (await QuarantinedAsync()).ShouldNotContain(Secret);
    }

    /// <summary>Whoever has one account could else empty another's quarantine.</summary>
    [Fact]
    public async Task An_unsend_to_another_account_takes_nothing_out_of_quarantine()
    {
        await ReceiveUnlinkedAsync(Item("text"));

        var other = MetaPayloads.Unsend("17841400000000078", Customer, "m1", At(3));
        await _shop.Store.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(
            MetaPayloads.Envelope("17841400000000078", At(10), other))));

        (await QuarantinedAsync()).ShouldContain(Secret);
    }

    /// <summary>It stayed until the account was linked again, which may be never.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_goes_from_an_account_that_is_not_linked_any_more(bool isNobodys)
    {
        await _shop.ReceiveAsync(Text("m1", Secret, 0), Text("m2", "stays", 1));
        await _shop.ReceiveAsync(Nobodys(Text("m3", Secret, 2)), Nobodys(MetaPayloads.Edit(Id, Customer, "m4", Secret, 1, At(3))));
        await UnlinkAsync();
        await _shop.ReceiveAsync(MetaPayloads.Edit(Id, Customer, "m1", Secret, 1, At(4)));

        foreach (var mid in (string[])["m1", "m3", "m4"])
            await _shop.ReceiveAsync(isNobodys ? Nobodys(Unsend(mid, 5)) : Unsend(mid, 5));

        (await _shop.EverythingAsync()).ShouldNotContain(Secret);
        (await QuarantinedAsync()).ShouldNotContain(Secret);
        (await _shop.ThreadAsync()).Select(message => (message.Kind, message.Text))
            .ShouldBe([(MessageKind.Deleted, null), (MessageKind.Text, "stays")]);
        (await _shop.EventsAsync("message.deleted")).ShouldHaveSingleItem();

        await LinkAgainAsync();
        await _shop.Store.Services.GetRequiredService<QuarantineReplay>().RoundAsync(default);
        (await QuarantinedAsync()).ShouldBeEmpty();
        (await _shop.EventsAsync("message.deleted")).Count.ShouldBe(isNobodys ? 1 : 3);
    }

    [Fact]
    public async Task A_dead_letter_of_it_is_removed_and_the_others_stay()
    {
        await LetterAsync("gone", Text("m1", Secret, 0));
        await LetterAsync("stays", Text("m2", "another", 1));
        await LetterAsync("read", MetaPayloads.Read(Id, Customer, "m1", At(2)));
        await _shop.ReceiveAsync(Unsend("m1", 3));

        await _shop.Store.Services.GetRequiredService<UnsentLetters>().RoundAsync(default);

        await using var db = _shop.Store.Read();
        (await db.Set<DeadLetter>().OrderBy(row => row.Id).Select(row => row.ItemId).ToListAsync()).ShouldBe(["stays", "read"]);
    }

    /// <summary>A copy of the event stood in the letter, where no unsend came.</summary>
    [Fact]
    public async Task An_event_that_the_relay_sets_aside_is_kept_in_the_log_alone()
    {
        await _shop.ReceiveAsync(Text("m1", Secret, 0));
        await using var db = _shop.Store.Read();
        var sequence = await db.Events.MaxAsync(row => row.Sequence);

        var source = _shop.Store.Services.GetRequiredService<EventLogSource>();
        await source.SetAsideAsync(RelayRow.CannotBeRead(sequence, "its id"));

        var letter = await db.Set<DeadLetter>().SingleAsync();
        Encoding.UTF8.GetString(letter.Body).ShouldBe($$"""{"sequence":{{sequence}}}""");
    }

    [Fact]
    public async Task The_answer_that_a_client_gets_again_names_no_attachment_of_it()
    {
        await _shop.ReceiveAsync(Text("c", "hi", 0));
        var id = await SendAsync("https://shop.example/secret.jpg");
        await _shop.ReceiveAsync(MetaPayloads.EchoAttachment(Id, Customer, "b1", "image", "https://cdn.example/1", At(2)));

        await _shop.ReceiveAsync(MetaPayloads.EchoUnsend(Id, Customer, "b1", At(3)));

        (await _shop.MessageAsync("b1")).Id.ShouldBe(id);
        await using var db = _shop.Store.Read();
        var answer = Encoding.UTF8.GetString((await db.Set<IdempotencyRecord>().SingleAsync()).AnswerBody!);
        answer.ShouldBe("{\"message_id\":\"m\",\"attachment_url\":null,\"attachment_type\":\"image\"}");
    }

    private Task UnlinkAsync() => _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
        (await scope.Db.Accounts.SingleAsync()).Unlink(TimeProvider.System.GetUtcNow()));

    private Task LinkAgainAsync() => _shop.Store.UnitOfWork.ExecuteAsync(async scope => (await scope.Db.Accounts.SingleAsync()).Link(
        new AccountLink("shop", LoginType.Instagram, "protected", MessagingChannelId.Parse(Id), null, null),
        TimeProvider.System.GetUtcNow()));

    private static JsonObject Nobodys(JsonObject item)
    {
        item.Remove("sender");
        item.Remove("recipient");
        return item;
    }

    private static JsonObject Item(string name) => name switch
    {
        "text" => MetaPayloads.Text(Unlinked, Customer, "m1", Secret, At(1)),
        "edit" => MetaPayloads.Edit(Unlinked, Customer, "m1", Secret, 1, At(2)),
        _ => MetaPayloads.Unsend(Unlinked, Customer, "m1", At(3)),
    };

    private Task ReceiveUnlinkedAsync(params JsonObject[] items) =>
        _shop.Store.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(MetaPayloads.Envelope(Unlinked, At(10_000), items))));

    private async Task<string> QuarantinedAsync()
    {
        await using var db = _shop.Store.Read();
        return string.Concat((await db.Set<QuarantinedWebhook>().Select(row => row.Body).ToListAsync()).Select(Encoding.UTF8.GetString));
    }

    private Task LetterAsync(string id, JsonObject posted) => _shop.Store.UnitOfWork.ExecuteAsync(scope =>
    {
        var webhook = new WebhookReceived(MetaPayloads.Bytes(MetaPayloads.Envelope(Id, At(10), posted)), At(10));
        var item = new BusItem<WebhookReceived>(id, null, webhook);
        scope.Db.Add(DeadLetter.Of("store.webhook-received", item, new InvalidOperationException(), TimeProvider.System));
        return Task.CompletedTask;
    });

    /// <summary>As the API accepts it: the message and the answer of its key are written at the same time.</summary>
    private Task<MessageId> SendAsync(string url) => _shop.Store.UnitOfWork.ExecuteAsync(async scope =>
    {
        var (now, conversation) = (At(1), await scope.Db.Conversations.SingleAsync());
        var message = Message.Compose(
            conversation, MessageContent.Of(new OutgoingMedia("image", url)), Origin.Api, now, MessageId.New(TimeProvider.System));
        scope.Db.Messages.Add(message);
        conversation.Add(message, now);
        var record = new IdempotencyRecord
        {
            CallerId = "key",
            Key = IdempotencyKey.Parse("k"),
            RequestHash = "hash",
            MessageId = message.Id,
            CreatedAt = now,
            LeaseUntil = now,
        };
        var answer = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string> { ["message_id"] = "m", ["attachment_url"] = url, ["attachment_type"] = "image" });
        record.Answer(new StoredAnswer(200, answer));
        scope.Db.Add(record);
        return message.Id;
    });
}
