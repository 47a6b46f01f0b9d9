using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Inbound;

/// <summary>Whose the webhooks are that come while nobody is linked, and what a bad one among them does to the others.</summary>
public sealed class QuarantineTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private StoreOverHttp Store => fixture.Store;

    /// <summary>Ann unlinked, a customer wrote, and Bob, who linked with Ann's channel id, was given the message.</summary>
    [Fact]
    public async Task What_is_written_to_an_unlinked_account_goes_to_no_other_tenant()
    {
        var (instagramId, channel) = (fixture.NewInstagramId(), fixture.NewInstagramId());
        var (_, ann) = await Store.AgentAsync("reserve-ann");
        var (_, bob) = await Store.AgentAsync("reserve-bob");
        var body = StoreOverHttp.Link(instagramId, ("messaging_channel_id", channel));
        var account = (await Store.PostAsync("/api/v1/accounts", ann, body)).Text("id");
        await Store.DeleteAsync("/api/v1/accounts/" + account, ann);
        await ReceiveAsync(Text("secret", channel));

        var claims = new[]
        {
            StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", channel)),
            StoreOverHttp.Link(channel),
            StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", instagramId)),
        };
        foreach (var claim in claims)
        {
            var answer = await Store.PostAsync("/api/v1/accounts", bob, claim);
            (answer.Status, answer.Code).ShouldBe((409, "identifier_reserved"));
        }

        (await Store.PostAsync("/api/v1/accounts", ann, body)).Text("id").ShouldBe(account);
        (await LeftAfterReplayAsync(channel)).ShouldBe(0);
        (await OwnersAsync("secret")).ShouldBe([account]);
    }

    [Fact]
    public async Task A_released_id_brings_its_next_owner_nothing_that_came_before()
    {
        var channel = fixture.NewInstagramId();
        var (_, ann) = await Store.AgentAsync("release-ann");
        var (_, bob) = await Store.AgentAsync("release-bob");
        var account = (await Store.PostAsync(
            "/api/v1/accounts", ann, StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", channel)))).Text("id");
        (await Store.DeleteAsync("/api/v1/reserved-identifiers/" + channel, fixture.Admin)).Code.ShouldBe("identifier_in_use");
        await Store.DeleteAsync("/api/v1/accounts/" + account, ann);
        await ReceiveAsync(Text("before", channel));

        (await Store.DeleteAsync("/api/v1/reserved-identifiers/" + channel, ann)).Status.ShouldBe(403);
        (await Store.GetAsync("/api/v1/reserved-identifiers", fixture.Admin)).Raw.ShouldContain(channel);
        (await Store.DeleteAsync("/api/v1/reserved-identifiers/" + channel, fixture.Admin)).Status.ShouldBe(204);
        var next = (await Store.PostAsync(
            "/api/v1/accounts", bob, StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", channel)))).Text("id");
        await ReceiveAsync(Text("after", channel));

        (await LeftAfterReplayAsync(channel)).ShouldBe(1);
        (await OwnersAsync("before")).ShouldBeEmpty();
        (await OwnersAsync("after")).ShouldBe([next]);
    }

    [Fact]
    public async Task A_channel_that_an_account_gave_up_stays_reserved_and_brings_it_nothing()
    {
        var (instagramId, first) = (fixture.NewInstagramId(), fixture.NewInstagramId());
        var (_, ann) = await Store.AgentAsync("giveup-ann");
        var (_, bob) = await Store.AgentAsync("giveup-bob");
        var account = (await Store.PostAsync("/api/v1/accounts", ann, StoreOverHttp.Link(instagramId, ("messaging_channel_id", first))))
            .Text("id");
        var next = fixture.NewInstagramId();
        var change = new { messaging_channel_id = next, access_token = $"IGAA-token.{instagramId}.{next}" };
        (await Store.PatchAsync("/api/v1/accounts/" + account, ann, change)).Status.ShouldBe(200);
        await ReceiveAsync(Text("given-up", first));

        (await Store.PostAsync("/api/v1/accounts", bob, StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", first))))
            .Code.ShouldBe("identifier_reserved");
        (await OwnersAsync("given-up")).ShouldBeEmpty();
        (await Store.PostAsync("/api/v1/accounts", ann, StoreOverHttp.Link(fixture.NewInstagramId(), ("messaging_channel_id", first))))
            .Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_quarantined_webhook_that_cannot_be_recorded_becomes_a_dead_letter_and_the_others_are_recorded()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var store = await StoreHost.StartAsync(services => services.AddSingleton<TimeProvider>(clock));
        await store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlRawAsync(
            "CREATE TRIGGER rotten BEFORE INSERT ON messages WHEN NEW.instagram_message_id = 'rotten' BEGIN SELECT RAISE(ABORT, 'rotten'); "
                + "END"));
        await store.ReceiveAsync(Text("one", "77"), Text("rotten", "77"), Text("two", "77"));
        await store.LinkAsync("77", "77");

        var replay = store.Services.GetRequiredService<QuarantineReplay>();
        for (var attempt = 1; attempt <= 3; attempt++, clock.Advance(TimeSpan.FromSeconds(11))) await replay.RoundAsync(default);

        await using var db = store.Read();
        (await db.Set<QuarantinedWebhook>().AnyAsync()).ShouldBeFalse();
        (await db.Messages.OrderBy(row => row.Sequence).Select(row => row.InstagramMessageId).ToListAsync()).Select(mid => mid!.Value.Value)
            .ShouldBe(["one", "two"]);
        var letter = await db.Set<DeadLetter>().SingleAsync();
        letter.Queue.ShouldBe("store.webhook-received");
        Encoding.UTF8.GetString(JsonElement.Parse(letter.Body).GetProperty("body").GetBytesFromBase64()).ShouldContain("rotten");
    }

    private static string Text(string mid, string channel) =>
        $$"""{"object":"instagram","entry":[{"time":1,"id":"{{channel}}","messaging":"""
            + $$"""[{"sender":{"id":"20"},"recipient":{"id":"{{channel}}"},"timestamp":1752834910447,"message":"""
            + $$"""{"mid":"{{mid}}","text":"hello"} }] }] }""";

    private Task ReceiveAsync(string body) => Store.Get<IUnitOfWork<StoreDbContext>>().ExecuteAsync(scope =>
        Store.Get<RecordWebhooks>().HandleAsync(
            scope,
            [new BusItem<WebhookReceived>("t", null, new WebhookReceived(Encoding.UTF8.GetBytes(body), TimeProvider.System.GetUtcNow()))]));

    /// <summary>Replays what is quarantined, beside the store's own replay, and says how much of a channel's stays.</summary>
    private async Task<int> LeftAfterReplayAsync(string channel)
    {
        await Store.Get<QuarantineReplay>().RoundAsync(default);
        return await Store.ReadAsync(db => db.Set<QuarantinedWebhook>().CountAsync(row => row.ChannelId == channel));
    }

    private async Task<List<string>> OwnersAsync(string mid)
    {
        InstagramMessageId? of = InstagramMessageId.Parse(mid);
        return (await Store.ReadAsync(db => db.Messages.Where(row => row.InstagramMessageId == of)
            .Select(row => row.AccountId).ToListAsync())).ConvertAll(id => id.Value);
    }
}
