using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>R4 as a property: whatever customers wrote, and however Meta repeats, bundles and shuffles it, each message is there once and in its place.</summary>
public sealed class EventHistoryTests : IAsyncLifetime
{
    private const int Histories = 40;
    private const int Customers = 3;
    private StoreHost _store = null!;
    private int _history;

    public async ValueTask InitializeAsync() => _store = await StoreHost.StartAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public void Any_history_repeated_three_times_in_any_order_and_any_bundles_is_recorded_once()
    {
        // Of each message its customer and its time; of each of the three deliveries a seed for the order, and a size for the posts.
        var history = from messages in Gen.Choose(1, 30).SelectMany(count => Gen.ArrayOf(Gen.Choose(0, Customers - 1).Zip(Gen.Choose(0, 50)), count))
                      from seeds in Gen.ArrayOf(Gen.Choose(0, 1_000_000), 3)
                      from size in Gen.Choose(1, 40)
                      select (messages, seeds, size);

        Prop.ForAll(history.ToArbitrary(), of => RecordsOnceAsync(of.messages, of.seeds, of.size).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Histories));
    }

    private async Task RecordsOnceAsync((int Customer, int Time)[] messages, int[] seeds, int size)
    {
        var shop = $"178415{++_history:D11}";
        var account = await _store.LinkAsync(shop, shop);
        var items = messages.Select((message, n) => Item(shop, n, message.Customer, message.Time)).ToArray();

        foreach (var seed in seeds)
        {
            string[] shuffled = [.. items];
            new System.Random(seed).Shuffle(shuffled);
            await _store.ReceiveAsync([.. shuffled.Chunk(size).Select(chunk => Body(shop, chunk))]);
        }

        await using var db = _store.Read();
        var rows = await db.Messages.Where(message => message.AccountId == account.Id).ToListAsync();
        rows.Select(row => row.InstagramMessageId!.Value.Value).Order().ShouldBe(messages.Select((_, n) => $"{shop}.{n}").Order());
        (await db.Events.CountAsync(row => row.AccountId == account.Id && row.Type == "message.received")).ShouldBe(messages.Length);
        var threads = await db.Conversations.Where(conversation => conversation.AccountId == account.Id).ToListAsync();
        threads.Sum(thread => thread.UnreadCount).ShouldBe(messages.Length);
        foreach (var thread in threads)
            thread.LastMessageAt.ShouldBe(rows.Where(row => row.ConversationId == thread.Id).Max(row => row.SentAt));
    }

    private static string Item(string shop, int number, int customer, int time) =>
        $$"""{"sender":{"id":"{{900 + customer}}"},"recipient":{"id":"{{shop}}"},"timestamp":{{1752834910000 + time}},"message":{"mid":"{{shop}}.{{number}}","text":"in {{number}}"} }""";

    private static string Body(string shop, IEnumerable<string> items) =>
        $$"""{"object":"instagram","entry":[{"time":1,"id":"{{shop}}","messaging":[{{string.Join(',', items)}}] }] }""";
}
