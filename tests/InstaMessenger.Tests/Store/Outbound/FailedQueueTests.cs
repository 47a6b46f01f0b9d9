using System.Net.Http.Json;
using System.Text.Json;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Simulator.Meta.Webhooks;
using InstaMessenger.Store.Data.Migrations;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Outbound;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Outbound;

/// <summary>An answer that failed hides nobody who waits for it: queue, list, counters and events say so. Here, and on MariaDB.</summary>
public sealed class FailedQueueTests : SendTests
{
    private const string Shop = "17841400000000000";

    private int _written;

    [Fact]
    public async Task A_failed_answer_leaves_the_customer_waiting_until_another_one_is_sent()
    {
        await WriteAsync();
        (await StateAsync()).ShouldBe(new State(AwaitsReply: true, Failed: false));

        await FailAsync();
        (await StateAsync()).ShouldBe(new State(AwaitsReply: true, Failed: true));

        await WriteAsync();
        (await StateAsync()).ShouldBe(new State(AwaitsReply: true, Failed: true), "the answer failed still");

        Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await BeginAsync("hi again");
        (await StateAsync()).ShouldBe(new State(AwaitsReply: false, Failed: false), "it is under way");
        await ReportAsync(Reports.Of(second, Account.Id, SendOutcome.Rejected));
        (await StateAsync()).ShouldBe(new State(AwaitsReply: true, Failed: true));
    }

    [Fact]
    public async Task What_is_taken_back_before_it_went_out_leaves_the_customer_waiting()
    {
        await WriteAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        var later = Text(await Json(await SendAsync("""{TO,"message":"hi","schedule_at":"2026-05-01T18:00:00Z"}""")), "message_id");
        (await StateAsync()).ShouldBe(new State(AwaitsReply: false, Failed: false));

        (await Crm.DeleteAsync($"/api/v1/messages/{later}")).EnsureSuccessStatusCode();

        (await StateAsync()).ShouldBe(new State(AwaitsReply: true, Failed: false));
        (await ConversationAsync()).GetProperty("last_message").GetProperty("direction").GetString().ShouldBe("inbound");
    }

    [Fact]
    public async Task One_that_is_refused_when_it_is_due_has_failed()
    {
        await WriteAsync();
        await SendAsync("""{TO,"message":"hi","schedule_at":"2026-05-02T11:00:00Z"}""");
        Clock.Advance(TimeSpan.FromHours(30));

        await ActivatorUtilities.CreateInstance<ScheduledSends>(Store.Services).RoundAsync(CancellationToken.None);

        (await StateAsync()).ShouldBe(new State(AwaitsReply: true, Failed: true));
    }

    [Fact]
    public async Task An_echo_that_proves_the_refusal_wrong_takes_it_out_of_the_queue()
    {
        await WriteAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await FailAsync();

        await EchoAsync("hi", Clock.GetUtcNow().AddMilliseconds(-500));

        (await StateAsync()).ShouldBe(new State(AwaitsReply: false, Failed: false));
    }

    [Fact]
    public async Task An_answer_from_the_phone_ends_it_when_it_is_the_newer_one()
    {
        await WriteAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await FailAsync();

        await EchoAsync("from the phone, earlier", Clock.GetUtcNow().AddSeconds(-30));
        (await StateAsync()).ShouldBe(new State(AwaitsReply: true, Failed: true));

        await EchoAsync("from the phone", Clock.GetUtcNow());
        (await StateAsync()).ShouldBe(new State(AwaitsReply: false, Failed: false));
    }

    /// <summary>Whatever happens in whatever order, the row says what its messages do, and the migration makes the same of them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_row_says_what_its_messages_do_after_any_history(int seed)
    {
        var random = new Random(seed);
        await WriteAsync();
        for (var step = 0; step < 25; step++)
        {
            Clock.Advance(TimeSpan.FromSeconds(random.Next(0, 3)));
            switch (random.Next(7))
            {
                case 0:
                    await WriteAsync();
                    break;
                case 1:
                    await EchoAsync($"elsewhere {step}", Clock.GetUtcNow().AddSeconds(-random.Next(0, 5)));
                    break;
                case 2:
                    await SendAsync($$"""{TO,"message":"later {{step}}","schedule_at":"2026-05-01T18:00:00Z"}""");
                    break;
                case 3:
                    if (await PickAsync(MessageStatus.Scheduled, random) is { } scheduled)
                        await Crm.DeleteAsync($"/api/v1/messages/{scheduled.Id}");
                    break;
                case 4:
                    if (await PickAsync(MessageStatus.Failed, random) is { } failed) await EchoAsync(failed.Text!, Clock.GetUtcNow());
                    break;
                default:
                    await SendAsync($$"""{TO,"message":"now {{step}}"}""", prefer: "wait=0");
                    if (await PickAsync(MessageStatus.Pending, random) is { } pending && random.Next(4) > 0)
                    {
                        var report = random.Next(3) == 0
                            ? Reports.Sent(pending.Id, Account.Id, "mid-" + pending.Id) with { At = Clock.GetUtcNow() }
                            : Reports.Of(pending.Id, Account.Id, SendOutcome.Rejected);
                        await ReportAsync(report with { Error = report.Error is null || random.Next(3) > 0 ? report.Error : TakenBack });
                    }

                    break;
            }

            await StateAsync($"step {step}");
        }

        await BackfillAsync();
        await StateAsync("after the backfill");
    }

    private static readonly SendError TakenBack = new("cancelled", "It was taken back.", true, null);

    /// <summary>Nobody waits for the sender: on MariaDB a relay needs a clock that goes, and this one stands.</summary>
    private async Task<MessageId> BeginAsync(string text) => MessageId.Parse(
        Text(await Json(await SendAsync($$"""{TO,"message":"{{text}}"}""", prefer: "wait=0")), "message_id")!);

    private async Task FailAsync() => await ReportAsync(Reports.Of(await BeginAsync("hi"), Account.Id, SendOutcome.Rejected));

    private Task WriteAsync() => ReceiveAsync(MetaPayloads.Envelope(
        Shop, Clock.GetUtcNow(), MetaPayloads.Text(Shop, "42", $"in-{_written++}", "hello?", Clock.GetUtcNow())));

    private Task EchoAsync(string text, DateTimeOffset at) => ReceiveAsync(MetaPayloads.Envelope(
        Shop, Clock.GetUtcNow(), MetaPayloads.Echo(Shop, "42", $"echo-{_written++}", text, at)));

    private async Task<Message?> PickAsync(MessageStatus status, Random random)
    {
        await using var db = Store.Read();
        var all = await db.Messages.Where(message => message.Status == status && message.InstagramMessageId == null)
            .OrderBy(message => message.Sequence).ToListAsync();
        return all.Count == 0 ? null : all[random.Next(all.Count)];
    }

    private async Task<JsonElement> ConversationAsync(string query = "") =>
        (await Crm.GetFromJsonAsync<JsonElement>("/api/v1/conversations" + query)).GetProperty("data").EnumerateArray().SingleOrDefault();

    /// <summary>What the thread is in: by its messages, and the same by its row, the queues, the counters and the newest event.</summary>
    private async Task<State> StateAsync(string when = "")
    {
        await using var db = Store.Read();
        var messages = (await db.Messages.Where(message => message.Status != MessageStatus.Cancelled).ToListAsync())
            .OrderBy(message => message.SentAt).ThenBy(message => message.Sequence).ToList();
        var failed = messages.FindLast(message => message.Direction == Direction.Outbound)?.Status == MessageStatus.Failed;
        // Of two with one time the customer's is taken for the newer one: rather an answer too many than nobody's turn.
        var wrote = messages.FindLast(message => message.Direction == Direction.Inbound)?.SentAt;
        var expected = new State(failed || wrote >= messages[^1].SentAt, failed);

        var row = await ConversationAsync();
        State.Of(row).ShouldBe(expected, when);
        row.GetProperty("last_message").GetProperty("id").GetString().ShouldBe(messages[^1].Id.Value, when);
        (await ConversationAsync("?failed=true")).ValueKind.ShouldBe(failed ? JsonValueKind.Object : JsonValueKind.Undefined, when);
        (await ConversationAsync("?awaiting=reply")).ValueKind
            .ShouldBe(expected.AwaitsReply ? JsonValueKind.Object : JsonValueKind.Undefined, when);
        var counters = (await Crm.GetFromJsonAsync<JsonElement>("/api/v1/counters")).GetProperty("data")[0];
        counters.GetProperty("failed").GetInt32().ShouldBe(failed ? 1 : 0, when);
        counters.GetProperty("needs_reply").GetInt32().ShouldBe(expected.AwaitsReply ? 1 : 0, when);
        var last = JsonElement.Parse(await db.Events.OrderByDescending(row => row.Sequence).Select(row => row.Body).FirstAsync());
        State.Of(last.GetProperty("data").GetProperty("conversation")).ShouldBe(expected, when + " " + last.GetProperty("type"));
        return expected;
    }

    private async Task BackfillAsync()
    {
        var migration = new MigrationBuilder(null);
        FailedRepliesBackfill.Run(migration);
        await using var db = Store.Read();
        await db.Database.ExecuteSqlRawAsync("UPDATE conversations SET failed_at = NULL");
        foreach (var operation in migration.Operations.OfType<SqlOperation>()) await db.Database.ExecuteSqlRawAsync(operation.Sql);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private sealed record State(bool AwaitsReply, bool Failed)
    {
        public static State Of(JsonElement conversation) =>
            new(conversation.GetProperty("awaits_reply").GetBoolean(), conversation.GetProperty("failed").GetBoolean());
    }
}
