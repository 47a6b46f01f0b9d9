using System.Net;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Events;
using InstaMessenger.Store.Inbound;
using InstaMessenger.Tests.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store;

/// <summary>Commits of which nobody knows whether they held: nothing is there twice, and nothing is lost.</summary>
public sealed class DoubtfulCommitTests : SendTests
{
    private const string Later = "17841400000000099";

    private protected override Action<IServiceCollection> Change => DoubtfulUnitOfWork<StoreDbContext>.Wrap;

    private DoubtfulUnitOfWork<StoreDbContext> Database => Store.Services.GetRequiredService<DoubtfulUnitOfWork<StoreDbContext>>();

    /// <summary>A customer writes, also to an account that is linked only then; the CRM answers; Meta takes it.</summary>
    [Fact]
    public async Task Every_unit_that_runs_again_finds_what_it_did_before()
    {
        Database.RunsTwice = true;
        await ReceiveAsync(MetaPayloads.Text("17841400000000000", "42", "mid.1", "hello", Clock.GetUtcNow()));
        await ReceiveAsync(MetaPayloads.Text(Later, "43", "mid.2", "nobody there?", Clock.GetUtcNow()));
        (await QuarantinedAsync()).ShouldBe(1);
        Database.RunsTwice = false;
        await Store.LinkAsync(Later);
        Database.RunsTwice = true;
        await Store.Services.GetRequiredService<QuarantineReplay>().RoundAsync(default);
        (await QuarantinedAsync()).ShouldBe(0);

        var first = await SendTwiceAsync("k1", HttpStatusCode.Accepted);
        await ReportAsync(Reports.Sent(first, Account.Id, "mid.3"));
        // What would be a second command of the first one is handled before this one's.
        var marker = await SendTwiceAsync("k2", HttpStatusCode.Accepted);
        await Until(() => Sender.Commands.Count(command => command.MessageId == marker) == 2);

        Sender.Commands.Count(command => command.MessageId == first).ShouldBe(2, "the unit of whoever takes it runs twice as well");
        await using var db = Store.Read();
        var messages = await db.Messages.OrderBy(row => row.Sequence).Select(row => new { row.Id, row.InstagramMessageId }).ToListAsync();
        messages.Select(row => row.InstagramMessageId?.Value).ShouldBe(["mid.1", "mid.2", "mid.3", null]);
        messages[2].Id.ShouldBe(first);
        var events = await db.Events.OrderBy(row => row.Sequence).Select(row => row.Type).ToListAsync();
        events.FindAll(type => type.StartsWith("message.", StringComparison.Ordinal)).ShouldBe(
            [
                EventTypes.MessageReceived, EventTypes.MessageReceived, EventTypes.MessageStatus, EventTypes.MessageSent,
                EventTypes.MessageStatus,
            ]);
    }

    [Fact]
    public async Task A_send_that_was_kept_although_the_database_said_otherwise_is_found_by_its_key()
    {
        await CustomerWroteAsync(Clock.GetUtcNow());
        Database.Loses = db => db.ChangeTracker.Entries<IdempotencyRecord>().Any();

        var id = await SendTwiceAsync("k1", HttpStatusCode.ServiceUnavailable);
        var marker = await SendTwiceAsync("k2", HttpStatusCode.Accepted);

        await Until(() => Sender.Commands.Any(command => command.MessageId == marker));
        Sender.Commands.Select(command => command.MessageId).ShouldBe([id, marker]);
        (await MessagesAsync()).ShouldBe(3);
    }

    /// <summary>Sends, and again once the first request counts as dead, as a client does that was not told of a success.</summary>
    private async Task<MessageId> SendTwiceAsync(string key, HttpStatusCode firstAnswer)
    {
        (await SendAsync("""{TO,"message":"hi"}""", key, prefer: "wait=0")).StatusCode.ShouldBe(firstAnswer);
        Clock.Advance(TimeSpan.FromSeconds(10));
        var again = await SendAsync("""{TO,"message":"hi"}""", key, prefer: "wait=0");
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        return MessageId.Parse((await Json(again)).GetProperty("message_id").GetString()!);
    }

    private async Task<int> QuarantinedAsync()
    {
        await using var db = Store.Read();
        return await db.Set<QuarantinedWebhook>().CountAsync();
    }
}
