using System.Text;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>
/// One event that could not be recorded took up to a thousand messages of its webhook with it, and its replay answered 409 for ever.
/// </summary>
public sealed class NeighboursOfABadEventTests : IAsyncLifetime
{
    private const string Shop = "17841400000000077";
    private StoreHost _store = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync();
        await _store.LinkAsync(Shop, Shop);
        await ExecuteAsync("CREATE TRIGGER rotten BEFORE INSERT ON messages WHEN NEW.instagram_message_id LIKE 'rotten%' BEGIN SELECT "
            + "RAISE(ABORT, 'rotten'); END");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("a,rotten,b", "a,b", 1)]
    [InlineData("rotten1,a,b,rotten2,c,rotten3", "a,b,c", 3)]
    [InlineData("rotten1,rotten2", "", 2)]
    public async Task Those_before_and_behind_it_are_recorded_in_order(string mids, string recorded, int deadLetters)
    {
        await PublishAsync(Webhook(mids.Split(',')));
        await PublishAsync(Webhook(mids.Split(',')));

        (await MidsAsync()).ShouldBe(recorded.Split(',', StringSplitOptions.RemoveEmptyEntries));
        await using var db = _store.Read();
        (await db.Events.Select(row => row.Sequence).OrderBy(n => n).ToListAsync())
            .ShouldBe(Enumerable.Range(1, recorded.Split(',', StringSplitOptions.RemoveEmptyEntries).Length).Select(n => (long)n));
        (await db.Set<DeadLetter>().CountAsync()).ShouldBe(deadLetters);
    }

    [Fact]
    public async Task Among_a_thousand_it_is_set_aside_alone()
    {
        await PublishAsync(Webhook([.. Enumerable.Range(0, 999).Select(n => $"m{n:D3}"), "rotten"]), Webhook(["later"]));

        (await MidsAsync()).ShouldBe([.. Enumerable.Range(0, 999).Select(n => $"m{n:D3}"), "later"]);
    }

    [Fact]
    public async Task It_is_a_dead_letter_of_its_own_that_can_be_replayed()
    {
        await PublishAsync(Webhook(["a", "rotten", "b"]));
        await ExecuteAsync("DROP TRIGGER rotten");

        await using var db = _store.Read();
        var letter = await db.Set<DeadLetter>().SingleAsync();
        var body = System.Text.Json.JsonSerializer.Deserialize<WebhookReceived>(letter.Body, System.Text.Json.JsonSerializerOptions.Web)!;
        MetaWebhook.Read(body.Body).ShouldHaveSingleItem().Event.GetProperty("message").GetProperty("mid").GetString().ShouldBe("rotten");
        await PublishAsync(Encoding.UTF8.GetString(body.Body));

        (await MidsAsync()).ShouldBe(["a", "b", "rotten"]);
    }

    [Fact]
    public async Task More_attachments_than_have_ids_take_nobody_with_them()
    {
        var many = string.Join(',', Enumerable.Repeat("""{"type":"image","payload":{"url":"https://cdn.example/p.jpg"}}""", 1001));

        await PublishAsync(Webhook(["before", "many", "after"])
            .Replace("\"mid\":\"many\",\"text\":\"hello\"", $"\"mid\":\"many\",\"attachments\":[{many}]", StringComparison.Ordinal));

        (await MidsAsync()).ShouldBe(["before", "many", "after"]);
    }

    private static string Webhook(string[] mids)
    {
        var items = string.Join(',', mids.Select(Item));
        return $$"""{"object":"instagram","entry":[{"id":"{{Shop}}","time":1752834911539,"messaging":[{{items}}] }] }""";
    }

    private static string Item(string mid, int place) =>
        $$"""{"sender":{"id":"{{300 + place}}"},"recipient":{"id":"{{Shop}}"},"timestamp":1752834910447,"message":"""
            + $$"""{"mid":"{{mid}}","text":"hello"} }""";

    private Task PublishAsync(params string[] bodies) => _store.Services.GetRequiredService<IBusPublisher>().PublishAsync(
        new Bundle<WebhookReceived>(
        [
            .. bodies.Select((body, n) => new BusItem<WebhookReceived>(
                $"ingress-{n}", null, new WebhookReceived(Encoding.UTF8.GetBytes(body), TimeProvider.System.GetUtcNow()))),
        ]),
        new Guid("0199a000-0000-7000-8000-000000000001"),
        default);

    private async Task<string[]> MidsAsync()
    {
        await using var db = _store.Read();
        var mids = await db.Messages.OrderBy(row => row.Sequence).Select(row => row.InstagramMessageId).ToListAsync();
        return [.. mids.Select(mid => mid!.Value.Value)];
    }

    private Task<int> ExecuteAsync(string sql) => _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlRawAsync(sql));
}
