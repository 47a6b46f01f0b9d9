using System.Text;
using System.Text.Json.Nodes;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.IntegrationTests.Store;

/// <summary>
/// What one store commits shows at once on the streams of the other. The clock of both stands still, so that no poll and no heartbeat
/// finds what the broker should have told.
/// </summary>
public sealed class LiveOnTwoStoresTests(SharedServers servers)
{
    private const string Shop = "17841400000000000";
    private const string Admin = "sk_an_admin_of_the_tests_with_forty_characters_or_more";
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_stream_shows_at_once_what_the_other_store_recorded_and_ends_when_its_key_is_revoked_there()
    {
        List<KeyValuePair<string, string?>> settings =
        [
            .. await StoreDatabase.SettingsAsync(),
            new("ConnectionStrings:RabbitMq", await (await servers.BrokerAsync()).NewVirtualHostAsync()),
            new("Bootstrap:AdminUsername", "admin"),
            new("Bootstrap:AdminPassword", "a long password of the tests"),
            new("Bootstrap:ApiKey", Admin),
        ];
        await using var writing = await StartAsync(settings);
        await using var showing = await StartAsync(settings);
        var account = await writing.LinkAsync(Shop, Shop);
        var admin = new ApiClient(writing.Address, Admin);
        var key = (await admin.PostAsync(
            "/api/v1/api-keys",
            new { name = "watches", account_ids = new[] { account.Id.ToString() }, scopes = new[] { "read" } })).Expect(201);
        await using var stream = await new ApiClient(showing.Address, key.Text("key")).ListenAsync();

        for (var n = 0; n < 3; n++)
        {
            var item = MetaPayloads.Text(Shop, "900", $"m{n}", "hello", _clock.GetUtcNow());
            await writing.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(MetaPayloads.Envelope(Shop, _clock.GetUtcNow(), item))));
            await stream.WaitForAsync("message.received", "data.message.instagram_message_id", $"m{n}");
        }

        (await admin.DeleteAsync($"/api/v1/api-keys/{key.Text("id")}")).Expect(204);
        await stream.EndedAsync();
    }

    [Fact]
    public async Task Who_is_in_a_conversation_is_seen_by_a_colleague_at_the_other_store()
    {
        List<KeyValuePair<string, string?>> settings =
        [
            .. await StoreDatabase.SettingsAsync(),
            new("ConnectionStrings:RabbitMq", await (await servers.BrokerAsync()).NewVirtualHostAsync()),
            new("Bootstrap:AdminUsername", "admin"),
            new("Bootstrap:AdminPassword", "a long password of the tests"),
            new("Bootstrap:ApiKey", Admin),
        ];
        await using var writing = await StartAsync(settings);
        await using var showing = await StartAsync(settings);
        var account = await writing.LinkAsync(Shop, Shop);
        var item = MetaPayloads.Text(Shop, "900", "m0", "hello", _clock.GetUtcNow());
        await writing.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(MetaPayloads.Envelope(Shop, _clock.GetUtcNow(), item))));
        var admin = new ApiClient(writing.Address, Admin);
        var thread = (await admin.GetAsync("/ui/conversations")).Expect(200).Items().Single().Text("id");
        (await admin.PostAsync(
            "/api/v1/users",
            new { username = "ana", password = "a long password too", role = "agent", account_ids = new[] { account.Id.ToString() } }))
            .Expect(201);
        using var ana = new HttpClient { BaseAddress = showing.Address };
        ana.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("ana:a long password too"u8));
        var session = await ana.PostAsync("/ui/session", null);
        session.EnsureSuccessStatusCode();
        var token = JsonNode.Parse(await session.Content.ReadAsStringAsync()).Text("token");
        ana.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var lines = new StreamReader(await ana.GetStreamAsync("/api/v1/events/stream"));
        await LineAsync(lines, ": connected");

        (await admin.PostAsync($"/ui/conversations/{thread}/presence", new { state = "typing" })).Expect(204);

        await LineAsync(lines, "event: presence");
        var data = JsonNode.Parse((await lines.ReadLineAsync())!["data: ".Length..]);
        (data.Text("user.username"), data.Text("state"), data.Text("conversation_id")).ShouldBe(("admin", "typing", thread));
    }

    /// <summary>Reads on to a line.</summary>
    private static async Task LineAsync(StreamReader lines, string expected)
    {
        using var limit = new CancellationTokenSource(Patience.Long);
        while (await lines.ReadLineAsync(limit.Token) is { } line)
            if (line == expected) return;
        throw new EndOfStreamException($"The stream ended before {expected}.");
    }

    private async Task<StoreHost> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var store = await StoreHost.StartAsync(settings, services => services.AddSingleton<TimeProvider>(_clock));
        (await store.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, Patience.Long))
            .ShouldBe(BusHealthStatus.Healthy);
        return store;
    }
}
