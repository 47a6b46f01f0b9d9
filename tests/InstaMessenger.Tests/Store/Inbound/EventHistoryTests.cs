using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Domain;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>
/// R4 as a property: whatever customers and the business wrote, changed, read and took back, and however Meta repeats, bundles, shuffles
/// and flags it, the threads end as they do when all comes once and in order, and nothing is told twice.
/// </summary>
[BeginsEarly]
public sealed class EventHistoryTests : IAsyncLifetime
{
    private const int Histories = StoreDatabase.Histories;
    private const int Customers = 3;

    /// <summary>As many as a thread remembers: a receipt that comes behind so many later ones tells nothing.</summary>
    private const int MostReads = 10;

    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1752834910000);

    /// <summary>What the business wrote, in each form that its flag comes in.</summary>
    private static readonly string[] Flags = ["\"is_echo\":true", "\"is_echo\":\"true\"", "\"is_echo\":1", "\"x\":0"];

    private static readonly string[] Kinds =
    [
        "in", "in", "in", "echo", "echo", "no mid", "react", "react", "unreact", "their react", "edit", "edit", "read", "read up to",
        "unsend", "answer", "answer",
    ];

    private StoreHost _store = null!;
    private int _history;

    public async ValueTask InitializeAsync() => _store = await StoreHost.StartAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static Gen<Happening> Event =>
        from customer in Gen.Choose(0, Customers - 1)
        from time in Gen.Choose(0, 50)
        from kind in Gen.Elements(Kinds)
        from target in Gen.Choose(0, 40)
        select new Happening(customer, time, kind, target);

    /// <summary>Delivered three times, what the order lost comes again; delivered once, nothing may be lost.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void Any_history_in_any_order_and_any_bundles_ends_in_the_same_threads(int deliveries)
    {
        // Of each event what it is; of each delivery a seed for the order, and a size for the posts.
        var history = from events in Gen.Choose(1, 30).SelectMany(count => Gen.ArrayOf(Event, count))
                      from seeds in Gen.ArrayOf(Gen.Choose(0, 1_000_000), deliveries)
                      from size in Gen.Choose(1, 40)
                      select (Events: events, Seeds: seeds, Size: size);

        Prop.ForAll(history.ToArbitrary(), of => EndsTheSameAsync(of.Events, of.Seeds, of.Size).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Histories));
    }

    private async Task EndsTheSameAsync(Happening[] events, int[] seeds, int size)
    {
        events = Sensible(events);
        var (shuffled, inOrder) = (await OpenAsync(), await OpenAsync());
        foreach (var seed in seeds)
        {
            string[] items = [.. events.Select((happening, n) => Item(shuffled, n, happening, events))];
            new System.Random(seed).Shuffle(items);
            // In one unit, or each post in one of its own.
            string[] posts = [.. items.Chunk(size).Select(chunk => Body(shuffled, chunk))];
            foreach (var unit in seed % 2 == 0 ? [posts] : posts.Select(post => (string[])[post])) await _store.ReceiveAsync(unit);
        }

        // First the messages and then what happened to them, each in a webhook of its own.
        foreach (var (happening, n) in events.Select((happening, n) => (happening, n)).OrderBy(pair => !pair.happening.IsMessage)
            .ThenBy(pair => pair.happening.Time))
            await _store.ReceiveAsync(Body(inOrder, [Item(inOrder, n, happening, events)]));

        (await ThreadsAsync(shuffled)).ShouldBe(await ThreadsAsync(inOrder));
        await NothingIsToldTwiceAsync(shuffled, events);
    }

    /// <summary>
    /// A change names a message of its own customer, or one that never comes; and no thread has more receipts than it remembers.
    /// </summary>
    private static Happening[] Sensible(Happening[] events)
    {
        var reads = new int[Customers];
        return
        [
            .. events.Select(happening =>
            {
                if (happening.IsMessage) return happening;
                happening = happening with
                {
                    Customer = happening.Target < events.Length && events[happening.Target].IsMessage
                        ? events[happening.Target].Customer
                        : happening.Target % Customers,
                };
                var isRead = happening.Kind is "read" or "read up to";
                return isRead && ++reads[happening.Customer] > MostReads ? happening with { Kind = "react" } : happening;
            }),
        ];
    }

    private async Task<string> OpenAsync()
    {
        var shop = $"178415{++_history:D11}";
        await _store.LinkAsync(shop, shop);
        return shop;
    }

    /// <summary>Everything that clients see of the threads and that Meta decides, without what names the shop.</summary>
    private async Task<string> ThreadsAsync(string shop)
    {
        await using var db = _store.Read();
        var account = (await db.AccountIdentifiers.FirstAsync(row => row.ExternalId == shop)).AccountId;
        var threads = await db.Conversations.Where(thread => thread.AccountId == account).OrderBy(thread => thread.ContactId).ToListAsync();
        var shown = new List<string>();
        foreach (var thread in threads)
        {
            var rows = await db.Messages.Include(row => row.Attachments).Where(row => row.ConversationId == thread.Id).ToListAsync();
            // A receipt may begin a thread of which nothing else ever comes.
            if (rows.Count == 0) continue;
            var newest = rows.OrderByDescending(row => row.SentAt).ThenByDescending(row => row.Sequence).First();
            (thread.LastMessageId, thread.LastMessageAt).ShouldBe((newest.Id, newest.SentAt), "the list shows what the thread shows");
            // Of what was edited and taken back, and never came itself, it depends on the order whether it was ever unread.
            var unread = rows.Exists(row => row.AwaitsOriginal) ? "?" : $"{thread.UnreadCount}";
            shown.Add($"{thread.ContactId}: unread {unread}, wrote {thread.LastInboundAt:O}");
            await Quotes.FillAsync(db, rows);
            shown.AddRange(rows.Select(Show).Order(StringComparer.Ordinal));
        }

        return string.Join('\n', shown);

        static string Show(Message row)
        {
            var view = MessageView.Of(row);
            return InboundShop.Json(new
            {
                Mid = view.InstagramMessageId?.Value.Split('.')[1],
                view.Direction,
                view.Kind,
                view.Text,
                view.Reactions,
                view.Edits,
                view.Status,
                view.SentAt,
                view.ReadAt,
                view.EditedAt,
                view.DeletedAt,
                Raw = view.Raw is not null,
                Answers = view.ReplyTo is { } to ? $"{to.InstagramMessageId.Value.Split('.')[1]} {to.Kind} {to.Excerpt}" : null,
            });
        }
    }

    private async Task NothingIsToldTwiceAsync(string shop, Happening[] events)
    {
        await using var db = _store.Read();
        var account = (await db.AccountIdentifiers.FirstAsync(row => row.ExternalId == shop)).AccountId;
        var told = (await db.Events.Where(row => row.AccountId == account).Select(row => new { row.Type, row.Body }).ToListAsync())
            .ConvertAll(row => (row.Type, Data: JsonNode.Parse(row.Body)!["data"]!));
        foreach (var type in (string[])["message.received", "message.sent", "message.deleted"])
            told.Where(pair => pair.Type == type).Select(pair => pair.Data["message"]!["id"]!.GetValue<string>()).ShouldBeUnique();
        Count("message.edited").ShouldBeLessThanOrEqualTo(events.Count(happening => happening.Kind == "edit"));
        Count("message.reaction")
            .ShouldBeLessThanOrEqualTo(events.Count(happening => happening.Kind is "react" or "unreact" or "their react"));
        Count("message.read").ShouldBeLessThanOrEqualTo(events.Count(happening => happening.Kind is "read" or "read up to"));
        Count("event.unsupported").ShouldBe(0);
        foreach (var (happening, n) in events.Select((happening, n) => (happening, n)))
        {
            if (happening.Kind == "unsend" && happening.Target < events.Length
                && events[happening.Target].Kind is "in" or "echo" or "answer")
                told.ShouldAllBe(pair => !pair.Data.ToJsonString().Contains($"\"text {happening.Target}\""), $"{n} took it back");
        }

        int Count(string type) => told.Count(pair => pair.Type == type);
    }

    private static string Item(string shop, int number, Happening happening, Happening[] events)
    {
        var (customer, mid, at) = ($"{900 + happening.Customer}", $"{shop}.{number}", Start.AddMilliseconds(happening.Time));
        var (target, isOurs) = ($"{shop}.{happening.Target}", happening.Target < events.Length && events[happening.Target].Kind == "echo");
        return happening.Kind switch
        {
            "in" => Message(customer, shop, $"\"mid\":\"{mid}\","),
            "no mid" => Message(customer, shop, ""),
            "answer" => Message(customer, shop, $"\"mid\":\"{mid}\",\"reply_to\":{{\"mid\":\"{target}\"}},"),
            "echo" => Message(shop, customer, $"\"mid\":\"{mid}\",{Flags[number % Flags.Length]},"),
            "react" => MetaPayloads.React(shop, customer, target, $"word {number}", "❤️", at).ToJsonString(),
            "unreact" => MetaPayloads.Unreact(shop, customer, target, at).ToJsonString(),
            "their react" => MetaPayloads.React(customer, shop, target, $"word {number}", "❤️", at).ToJsonString(),
            "read" => MetaPayloads.Read(shop, customer, target, at).ToJsonString(),
            "read up to" => MetaPayloads.ReadUpTo(shop, customer, Start.AddMilliseconds(happening.Target), at).ToJsonString(),
            "edit" when isOurs => MetaPayloads.Edit(customer, shop, target, $"edit {number}", number + 1, at).ToJsonString(),
            "edit" => MetaPayloads.Edit(shop, customer, target, $"edit {number}", number + 1, at).ToJsonString(),
            _ when isOurs => MetaPayloads.EchoUnsend(shop, customer, target, at).ToJsonString(),
            _ => MetaPayloads.Unsend(shop, customer, target, at).ToJsonString(),
        };

        string Message(string sender, string recipient, string members) =>
            $$"""{"sender":{"id":"{{sender}}"},"recipient":{"id":"{{recipient}}"},"timestamp":{{at.ToUnixTimeMilliseconds()}},"""
                + $"\"message\":{{{members}\"text\":\"text {number}\"}}}}";
    }

    private static string Body(string shop, IEnumerable<string> items) =>
        $$"""{"object":"instagram","entry":[{"time":1,"id":"{{shop}}","messaging":[{{string.Join(',', items)}}] }] }""";

    /// <param name="Customer">In whose thread.</param>
    /// <param name="Time">When, in milliseconds.</param>
    /// <param name="Kind">What.</param>
    /// <param name="Target">The event that a change names: a message, or one that never comes.</param>
    private sealed record Happening(int Customer, int Time, string Kind, int Target)
    {
        public bool IsMessage => Kind is "in" or "echo" or "no mid" or "answer";
    }
}
