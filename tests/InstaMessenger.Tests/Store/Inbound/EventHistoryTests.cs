using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>
/// R4 as a property: whatever customers and the business wrote, and however Meta repeats, bundles, shuffles and flags it, each message is
/// there once and in its place, and the list shows what the thread shows.
/// </summary>
public sealed class EventHistoryTests : IAsyncLifetime
{
    private const int Histories = 40;
    private const int Customers = 3;

    /// <summary>
    /// What an event can be: a customer's message, what the business wrote in each form that its flag comes in, a message without a mid, an
    /// unsend.
    /// </summary>
    private static readonly string[] Kinds =
        ["in", "in", "\"is_echo\":true", "\"is_echo\":\"true\"", "\"is_echo\":1", "\"x\":0", "no mid", "unsend"];

    private StoreHost _store = null!;
    private int _history;

    public async ValueTask InitializeAsync() => _store = await StoreHost.StartAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static Gen<(int Customer, int Time, string Kind)> Event =>
        from customer in Gen.Choose(0, Customers - 1)
        from time in Gen.Choose(0, 50)
        from kind in Gen.Elements(Kinds)
        select (customer, time, kind);

    [Fact]
    public void Any_history_repeated_three_times_in_any_order_and_any_bundles_is_recorded_once()
    {
        // Of each message its customer and its time; of each of the three deliveries a seed for the order, and a size for the posts.
        var history = from messages in Gen.Choose(1, 30).SelectMany(count => Gen.ArrayOf(Event, count))
                      from seeds in Gen.ArrayOf(Gen.Choose(0, 1_000_000), 3)
                      from size in Gen.Choose(1, 40)
                      select (messages, seeds, size);

        Prop.ForAll(history.ToArbitrary(), of => RecordsOnceAsync(of.messages, of.seeds, of.size).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Histories));
    }

    private async Task RecordsOnceAsync((int Customer, int Time, string Kind)[] events, int[] seeds, int size)
    {
        var shop = $"178415{++_history:D11}";
        var account = await _store.LinkAsync(shop, shop);
        var items = events.Select((told, n) => Item(shop, n, told)).ToArray();

        foreach (var seed in seeds)
        {
            string[] shuffled = [.. items];
            new System.Random(seed).Shuffle(shuffled);
            await _store.ReceiveAsync([.. shuffled.Chunk(size).Select(chunk => Body(shop, chunk))]);
        }

        await using var db = _store.Read();
        var rows = await db.Messages.Where(message => message.AccountId == account.Id).ToListAsync();
        var messages = events.Select((told, n) => (told.Customer, told.Time, told.Kind, Number: n)).Where(told => told.Kind != "unsend")
            .ToList();
        rows.Select(row => row.Text).Order().ShouldBe(messages.Select(told => $"text {told.Number}").Order());
        rows.Count(row => row.InstagramMessageId is null).ShouldBe(messages.Count(told => told.Kind == "no mid"));
        var inbound = messages.Count(told => told.Kind is "in" or "no mid");
        (await db.Events.CountAsync(row => row.AccountId == account.Id && row.Type == "message.received")).ShouldBe(inbound);
        (await db.Events.CountAsync(row => row.AccountId == account.Id && row.Type == "message.sent")).ShouldBe(messages.Count - inbound);
        (await db.Events.CountAsync(row => row.AccountId == account.Id && row.Type == "event.unsupported"))
            .ShouldBe(events.Length - messages.Count);

        var threads = await db.Conversations.Where(conversation => conversation.AccountId == account.Id).ToListAsync();
        threads.Sum(thread => thread.UnreadCount).ShouldBe(inbound);
        threads.Select(thread => thread.ContactId.Value).Order()
            .ShouldBe(messages.Select(told => $"{900 + told.Customer}").Distinct().Order());
        foreach (var thread in threads)
        {
            var newest = rows.Where(row => row.ConversationId == thread.Id).OrderByDescending(row => row.SentAt)
                .ThenByDescending(row => row.Sequence).First();
            (thread.LastMessageId, thread.LastMessageAt).ShouldBe((newest.Id, newest.SentAt));
        }
    }

    private static string Item(string shop, int number, (int Customer, int Time, string Kind) told)
    {
        var (customer, kind) = ($"{900 + told.Customer}", told.Kind);
        var (sender, recipient) = kind is "in" or "no mid" or "unsend" ? (customer, shop) : (shop, customer);
        var message = kind switch
        {
            "in" => $$"""{"mid":"{{shop}}.{{number}}","text":"text {{number}}"}""",
            "no mid" => $$"""{"text":"text {{number}}"}""",
            "unsend" => $$"""{"mid":"{{shop}}.{{number}}","is_deleted":"true"}""",
            _ => $$"""{"mid":"{{shop}}.{{number}}","text":"text {{number}}",{{kind}}}""",
        };
        return $$"""{"sender":{"id":"{{sender}}"},"recipient":{"id":"{{recipient}}"},"timestamp":"""
            + $$"""{{1752834910000 + told.Time}},"message":{{message}} }""";
    }

    private static string Body(string shop, IEnumerable<string> items) =>
        $$"""{"object":"instagram","entry":[{"time":1,"id":"{{shop}}","messaging":[{{string.Join(',', items)}}] }] }""";
}
