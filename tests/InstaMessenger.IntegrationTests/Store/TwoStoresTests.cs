using System.Text;
using System.Text.Json.Nodes;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Tests.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.IntegrationTests.Store;

/// <summary>Two stores on one MariaDB, of which one records a message while the other records what happened to it.</summary>
public sealed class TwoStoresTests
{
    private const string Shop = "17841400000000000";
    private const int Messages = 40;
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1752834910000);

    [Fact]
    public async Task A_change_that_meets_its_message_in_another_process_is_on_it_in_the_end_and_told_once()
    {
        var settings = await StoreDatabase.SettingsAsync();
        await using var one = await StoreHost.StartAsync(settings);
        await using var other = await StoreHost.StartAsync(settings);
        await one.LinkAsync(Shop, Shop);

        for (var n = 0; n < Messages; n++)
        {
            // The first message of a customer: there is no thread yet whose lock could bring the two in order.
            var (customer, mid, at) = ($"{900 + n}", $"m{n}", Start.AddSeconds(n));
            await Task.WhenAll(
                ReceiveAsync(one, MetaPayloads.Text(Shop, customer, mid, "hello", at)),
                ReceiveAsync(other, MetaPayloads.React(Shop, customer, mid, "love", "❤️", at.AddSeconds(1))));
        }

        await Task.WhenAll(SweepAsync(one), SweepAsync(other));

        await using var db = one.Read();
        var rows = await db.Messages.ToListAsync();
        rows.Count.ShouldBe(Messages);
        rows.ShouldAllBe(row => row.Changes != null && row.Changes.Reactions.Count == 1);
        (await db.Conversations.CountAsync()).ShouldBe(Messages);
        (await db.Set<EarlyChange>().CountAsync()).ShouldBe(0);
        (await db.Events.CountAsync(row => row.Type == "message.reaction")).ShouldBe(Messages);
        (await db.Events.CountAsync(row => row.Type == "message.received")).ShouldBe(Messages);
    }

    private static Task ReceiveAsync(StoreHost store, JsonObject item) =>
        store.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(MetaPayloads.Envelope(Shop, Start.AddDays(1), item))));

    private static async Task SweepAsync(StoreHost store) =>
        await store.Services.GetRequiredService<EarlyChangeSweep>().RoundAsync(default);
}
