using System.Text;
using System.Text.Json.Nodes;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Store.Search;
using InstaMessenger.Store.Uploads;
using InstaMessenger.Tests.Shared;
using InstaMessenger.Tests.Store;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

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

    [Fact]
    public async Task A_message_that_is_removed_while_another_store_indexes_it_leaves_nothing_in_the_index()
    {
        var settings = (await StoreDatabase.SettingsAsync()).ToList();
        // Their clock stands still, so that only this test indexes.
        var clock = new FakeTimeProvider(Start);
        await using var one = await StoreHost.StartAsync(settings, services => services.AddSingleton<TimeProvider>(clock));
        await using var other = await StoreHost.StartAsync(settings, services => services.AddSingleton<TimeProvider>(clock));
        await one.LinkAsync(Shop, Shop);
        await ReceiveAsync(one, MetaPayloads.Text(Shop, "900", "m", "unforgettable", Start));
        var (written, mayCommit) = (new TaskCompletionSource(), new TaskCompletionSource());

        var indexing = other.UnitOfWork.ExecuteAsync(async scope =>
        {
            await SearchIndex.WriteAsync(scope.Db, _ => true);
            written.TrySetResult();
            await mayCommit.Task;
        });
        await written.Task;
        var removing = one.UnitOfWork.ExecuteAsync(async scope => scope.Db.Remove(await scope.Db.Messages.SingleAsync()));
        var server = await SharedServers.Current.MariaDbAsync();
        await Until.TrueAsync(
            async () => removing.IsCompleted || await server.HasLockWaitAsync(),
            Patience.Long,
            () => "it neither ends nor waits");
        mayCommit.SetResult();
        await Task.WhenAll(indexing, removing);

        await using var db = one.Read();
        (await db.Messages.CountAsync()).ShouldBe(0);
        (await db.Set<SearchedMessage>().CountAsync()).ShouldBe(0);
        (await db.Set<SearchTerm>().CountAsync()).ShouldBe(0);
    }

    /// <summary>Neither sees the other's row before it is committed, and both together are more than the account may keep.</summary>
    [Fact]
    public async Task Of_two_uploads_that_end_together_in_two_stores_one_counts_the_other()
    {
        var settings = (await StoreDatabase.SettingsAsync()).Append(new("Media:UploadBytesPerAccount", $"{1024 * 1024}")).ToList();
        await using var one = await StoreHost.StartAsync(settings);
        await using var other = await StoreHost.StartAsync(settings);
        var account = await one.LinkAsync(Shop, Shop);
        var (written, mayCommit) = (new TaskCompletionSource(), new TaskCompletionSource());

        var first = one.UnitOfWork.ExecuteAsync(async scope =>
        {
            (await KeepAsync(one, scope, account)).ShouldBeNull();
            await scope.Db.SaveChangesAsync();
            written.TrySetResult();
            await mayCommit.Task;
        });
        await written.Task;
        var second = other.UnitOfWork.ExecuteAsync(scope => KeepAsync(other, scope, account));
        var server = await SharedServers.Current.MariaDbAsync();
        await Until.TrueAsync(
            async () => second.IsCompleted || await server.HasLockWaitAsync(),
            Patience.Long,
            () => "it neither ends nor waits");
        mayCommit.SetResult();
        await first;

        (await second).ShouldNotBeNull().StatusCode.ShouldBe(409);
        await using var db = one.Read();
        (await db.Set<Upload>().CountAsync()).ShouldBe(1);
    }

    private static Task<ProblemHttpResult?> KeepAsync(StoreHost store, WorkScope<StoreDbContext> scope, Account account)
    {
        var now = TimeProvider.System.GetUtcNow();
        return store.Services.GetRequiredService<UploadMedia>().KeepAsync(scope.Db, new Upload
        {
            Id = UploadId.New(TimeProvider.System),
            AccountId = account.Id,
            File = MediaFile.New(),
            MediaType = "file",
            MimeType = "application/pdf",
            Extension = "pdf",
            SizeBytes = 700 * 1024,
            Sha256 = new string('0', 64),
            Width = null,
            Height = null,
            CreatedAt = now,
            ExpiresAt = now.AddHours(1),
        });
    }

    private static Task ReceiveAsync(StoreHost store, JsonObject item) =>
        store.ReceiveAsync(Encoding.UTF8.GetString(MetaPayloads.Bytes(MetaPayloads.Envelope(Shop, Start.AddDays(1), item))));

    private static async Task SweepAsync(StoreHost store) =>
        await store.Services.GetRequiredService<EarlyChangeSweep>().RoundAsync(default);
}
