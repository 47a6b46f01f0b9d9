using System.Text;
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

    private async Task<StoreHost> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var store = await StoreHost.StartAsync(settings, services => services.AddSingleton<TimeProvider>(_clock));
        (await store.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, Patience.Long))
            .ShouldBe(BusHealthStatus.Healthy);
        return store;
    }
}
