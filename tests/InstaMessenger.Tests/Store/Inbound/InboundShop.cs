using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Http;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Conversations;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Outbound;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>A store with one linked account, which gets what the simulator's Meta posts.</summary>
public sealed partial class InboundShop : IAsyncDisposable
{
    public const string Id = "17841400000000000";
    public const string Customer = "20";

    /// <summary>When the first thing happened: long enough ago that nothing of a test is in the future.</summary>
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1752834910000);

    internal StoreHost Store { get; private init; } = null!;

    internal Account Account { get; private init; } = null!;

    /// <summary>The customer whose thread it shows; null for all.</summary>
    private string? Only { get; init; }

    public static async Task<InboundShop> OpenAsync(Action<IServiceCollection>? configure = null)
    {
        var store = await StoreHost.StartAsync(services =>
        {
            // What removes what is old: all that happens here is, and their first look, if it came late, would take it away.
            services.RemoveLoopOf<CommentSweep>();
            services.RemoveLoopOf<IdempotencySweep>();
            services.RemoveLoopOf<EventRetention>();
            configure?.Invoke(services);
        });
        return new InboundShop { Store = store, Account = await store.LinkAsync(Id, Id) };
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    /// <summary>A moment of the test.</summary>
    public static DateTimeOffset At(int seconds) => Start.AddSeconds(seconds);

    public static JsonObject Text(string mid, string text, int second) => MetaPayloads.Text(Id, Customer, mid, text, At(second));

    public static JsonObject Echo(string mid, string text, int second) => MetaPayloads.Echo(Id, Customer, mid, text, At(second));

    public static JsonObject Unsend(string mid, int second) => MetaPayloads.Unsend(Id, Customer, mid, At(second));

    /// <summary>
    /// Gives each order of a few items to a customer of its own: the same things happen, in the same shop, and to other people.
    /// </summary>
    public IEnumerable<(InboundShop Shop, JsonObject[] Order)> InAllOrders(params JsonObject[] items) =>
        Orders(items).Select((order, number) => (
            new InboundShop { Store = Store, Account = Account, Only = $"{Customer}{number}" },
            Array.ConvertAll(order, item => (JsonObject)JsonNode.Parse(Mid().Replace(
                item.ToJsonString().Replace($"\"{Customer}\"", $"\"{Customer}{number}\"", StringComparison.Ordinal),
                $"\"mid\":\"${{mid}}~{number}\""))!)));

    /// <summary>Receives items in one webhook.</summary>
    public Task ReceiveAsync(params JsonObject[] items) =>
        Store.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(MetaPayloads.Envelope(Id, At(10_000), items))));

    /// <summary>Receives items one after another, each in a unit of its own.</summary>
    public async Task ReceiveEachAsync(IEnumerable<JsonObject> items)
    {
        foreach (var item in items) await ReceiveAsync(item);
    }

    /// <summary>The messages as clients see them, by time.</summary>
    internal async Task<IReadOnlyList<MessageView>> ThreadAsync()
    {
        await using var db = Store.Read();
        var contact = Only is null ? default(InstagramUserId?) : InstagramUserId.Parse(Only);
        var messages = await db.Messages.Include(message => message.Attachments)
            .Where(message => contact == null
                || db.Conversations.Any(thread => thread.Id == message.ConversationId && thread.ContactId == contact))
            .OrderBy(message => message.SentAt).ThenBy(message => message.Sequence).ToListAsync();
        await Quotes.FillAsync(db, messages);
        return messages.ConvertAll(MessageView.Of);
    }

    internal async Task<MessageView> MessageAsync(string mid) =>
        (await ThreadAsync()).Single(message => message.InstagramMessageId?.Value.Split('~')[0] == mid);

    internal async Task<Conversation> ConversationAsync()
    {
        await using var db = Store.Read();
        return (await db.Conversations.ToListAsync()).Single(thread => Only is null || thread.ContactId.Value == Only);
    }

    /// <summary><c>data</c> of the events of a type.</summary>
    public async Task<IReadOnlyList<JsonElement>> EventsAsync(string type)
    {
        await using var db = Store.Read();
        var bodies = await db.Events.Where(row => row.Type == type).OrderBy(row => row.Sequence).Select(row => row.Body).ToListAsync();
        return [.. bodies.Select(body => JsonElement.Parse(body).GetProperty("data"))
            .Where(data => Only is null || data.GetProperty("contact").GetProperty("id").GetString() == Only)];
    }

    /// <summary>Every text of every table that may hold what a customer wrote.</summary>
    public async Task<string> EverythingAsync()
    {
        await using var db = Store.Read();
        var kept = new StringBuilder();
        foreach (var body in await db.Events.Select(row => row.Body).ToListAsync()) kept.AppendLine(Encoding.UTF8.GetString(body));
        foreach (var message in await db.Messages.AsNoTracking().Include(row => row.Attachments).ToListAsync())
        {
            kept.AppendLine(message.Text).AppendLine(message.Raw).AppendLine(message.Changes?.ToJson()).AppendLine(message.EchoKey)
                .AppendLine(message.Content?.ToJson()).AppendJoin(' ', message.Attachments.Select(attachment => attachment.Url));
        }

        foreach (var early in await db.Set<EarlyChange>().AsNoTracking().ToListAsync()) kept.AppendLine(early.Changes.ToJson());
        return kept.ToString();
    }

    /// <summary>All orders of a few things.</summary>
    private static IEnumerable<T[]> Orders<T>(params T[] of) => of.Length < 2
        ? [of]
        : of.SelectMany((first, index) => Orders<T>([.. of[..index], .. of[(index + 1)..]]).Select(rest => (T[])[first, .. rest]));

    internal static string Json(object value) => JsonSerializer.Serialize(value, ApiJson.Options);

    [GeneratedRegex("\"mid\":\"(?<mid>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mid();
}
