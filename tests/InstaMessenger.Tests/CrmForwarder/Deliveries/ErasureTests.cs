using System.Net;
using System.Text;
using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Bus;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

/// <summary>What a message said that was taken back reaches no CRM any more.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private const string Secret = "what they wish they had not said";
    private const string Deleted = """{"id":"msg_1","kind":"deleted","text":null}""";
    private static readonly AccountId Account = AccountId.Parse("acc_1");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_delivery_that_was_made_carries_nothing_when_it_is_made_again()
    {
        await _host.LinkAsync(Account, _crm.Url("/"));
        var (received, deleted) = Events("conv_1");
        await _host.PublishAsync(received);
        (await _crm.NextAsync()).Body.ShouldBe(received.Body);
        await _host.LoggedAsync("delivery.delivered");

        await _host.PublishAsync(deleted);
        (await _crm.NextAsync()).Body.ShouldBe(deleted.Body);
        using var http = _host.Client(Account);
        var first = await _host.ReadAsync(db => db.Deliveries.OrderBy(row => row.Id).Select(row => row.Id).FirstAsync());
        (await http.PostAsync($"/api/v1/deliveries/{first}/redeliver", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        var again = await _crm.NextAsync();
        again.Id.ShouldBe(received.Id.Value);
        again.Body.ShouldBe(Body(received, Deleted));
    }

    [Fact]
    public async Task What_a_crm_answered_is_not_shown_any_more()
    {
        // A CRM that says back what it was sent.
        _crm.Answer = (post, context) => context.Response.Body.WriteAsync(post.Body).AsTask();
        await _host.LinkAsync(Account, _crm.Url("/"));
        var (received, deleted) = Events("conv_1");
        await _host.PublishAsync(received);
        await _host.LoggedAsync("delivery.delivered");
        (await AnswersAsync()).ShouldHaveSingleItem()!.ShouldContain(Secret);

        await _host.PublishAsync(deleted);

        (await AnswersAsync()).ShouldAllBe(answer => answer == null || !answer.Contains(Secret));

        Task<List<string?>> AnswersAsync() => _host.ReadAsync(db => db.Attempts.Select(row => row.Answer).ToListAsync());
    }

    [Fact]
    public async Task A_delivery_that_waits_carries_nothing()
    {
        _crm.Answer = (_, context) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await _host.LinkAsync(Account, _crm.Url("/"));
        var (received, deleted) = Events(null);
        await _host.PublishAsync(received);
        await _crm.NextAsync();
        await _host.LoggedAsync("delivery.failed");

        await _host.PublishAsync(deleted);

        (await BodiesAsync()).ShouldAllBe(body => !body.Contains(Secret));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_that_comes_only_afterwards_carries_nothing(bool isLinked)
    {
        if (isLinked) await _host.LinkAsync(Account, _crm.Url("/"));
        var (received, deleted) = Events("conv_1");

        await _host.PublishAsync(deleted);
        await _host.PublishAsync(received);
        if (!isLinked) await _host.LinkAsync(Account, _crm.Url("/"));

        var posted = new[] { await _crm.NextAsync(), await _crm.NextAsync() };
        posted.Select(request => request.Id).Order().ShouldBe(new[] { received.Id.Value, deleted.Id.Value }.Order());
        posted.ShouldAllBe(request => !Encoding.UTF8.GetString(request.Body).Contains(Secret));
        (await BodiesAsync()).ShouldAllBe(body => !body.Contains(Secret));
    }

    [Fact]
    public async Task In_one_bundle_and_before_the_account_is_known_it_is_the_same()
    {
        var (received, deleted) = Events("conv_1");

        await _host.PublishAsync(received, deleted);

        var waiting = await _host.ReadAsync(db => db.WaitingEvents.Select(row => row.Body).ToListAsync());
        waiting.Count.ShouldBe(2);
        waiting.ShouldAllBe(body => !Encoding.UTF8.GetString(body).Contains(Secret));
    }

    [Fact]
    public async Task What_was_erased_is_remembered_for_a_month()
    {
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.PublishAsync(Events("conv_1").Deleted);
        _host.Advance(ErasedEvent.Kept + TimeSpan.FromDays(1));

        await _host.PublishAsync(Events("conv_2").Deleted);
        await Sweep().RoundAsync(default);

        (await _host.ReadAsync(db => db.Set<ErasedEvent>().CountAsync())).ShouldBe(1);
    }

    /// <summary>The second erasure of an event was taken for the first, so that what the answer itself said stayed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_loses_what_it_quotes_and_what_it_says_when_both_are_taken_back(bool comesFirst)
    {
        await _host.LinkAsync(Account, _crm.Url("/"));
        var answer = _host.Event(Account, "conv_1");
        answer = answer with
        {
            Body = Body(
                answer,
                $$$"""{"id":"msg_2","text":"{{{Secret}}}","reply_to":{"message_id":"msg_1","kind":"text","excerpt":"{{{Secret}}}"}}"""),
        };
        var deleted = _host.Event(Account, "conv_1");
        deleted = deleted with { Type = "message.deleted", Erased = [answer.Id], Body = Body(deleted, Deleted) };
        var answerDeleted = _host.Event(Account, "conv_1");
        answerDeleted = answerDeleted with
        {
            Type = "message.deleted", Erased = [answer.Id], Body = Body(answerDeleted, """{"id":"msg_2","kind":"deleted"}"""),
        };

        if (comesFirst) await _host.PublishAsync(answer);
        await _host.PublishAsync(deleted);
        if (comesFirst)
        {
            (await BodiesAsync())[0].ShouldContain("\"excerpt\":null");
            (await BodiesAsync())[0].ShouldContain(Secret, customMessage: "the answer itself is not taken back");
        }

        await _host.PublishAsync(answerDeleted);
        if (!comesFirst) await _host.PublishAsync(answer);

        (await BodiesAsync()).Count.ShouldBe(3);
        (await BodiesAsync()).ShouldAllBe(body => !body.Contains(Secret));
    }

    [Fact]
    public async Task A_dead_letter_keeps_nothing_of_it()
    {
        var (received, deleted) = Events("conv_1");
        var item = new BusItem<InboxEvent>("i", null, received);
        await _host.WriteAsync(db => db.Add(
            DeadLetter.Of("crm-forwarder.inbox-event", item, new InvalidOperationException(), TimeProvider.System)));
        await _host.PublishAsync(deleted);

        await Sweep().RoundAsync(default);

        var letter = JsonElement.Parse((await _host.ReadAsync(db => db.Set<DeadLetter>().SingleAsync())).Body);
        letter.GetProperty("id").GetString().ShouldBe(received.Id.Value);
        letter.GetProperty("body").GetBytesFromBase64().ShouldBe(Body(received, Deleted));
    }

    /// <summary>The walk stopped at the first letter that could not be read, and what stood behind it stayed.</summary>
    [Fact]
    public async Task A_letter_or_a_row_that_cannot_be_read_keeps_no_other_letter_from_losing_it()
    {
        var (received, deleted) = Events("conv_1");
        var (broken, ofBroken) = Events("conv_1");
        var unreadable = Encoding.UTF8.GetBytes($$"""{"id":"{{broken.Id}}","body":"no base64"}""");
        await _host.WriteAsync(db => db.Add(DeadLetter.Of(
            "crm-forwarder.inbox-event", nameof(InboxEvent), "broken", unreadable, null, "why", TimeProvider.System)));
        await _host.WriteAsync(db => db.Add(DeadLetter.Of(
            "crm-forwarder.inbox-event", new BusItem<InboxEvent>("good", null, received), new InvalidOperationException(),
            TimeProvider.System)));
        await _host.PublishAsync(deleted, ofBroken);
        await _host.ReadAsync(db => db.Database.ExecuteSqlAsync(
            $"INSERT INTO erased_events (event_id, message_id, message, erased_at) VALUES ('none', 'none', x'00', 0)"));

        await Sweep().RoundAsync(default);

        var letter = await _host.ReadAsync(db => db.Set<DeadLetter>().SingleAsync(row => row.ItemId == "good"));
        Encoding.UTF8.GetString(JsonElement.Parse(letter.Body).GetProperty("body").GetBytesFromBase64()).ShouldNotContain(Secret);
    }

    /// <summary>Such a message has no id of ours, and the unsend names it by Meta's.</summary>
    [Fact]
    public async Task Of_a_message_in_no_thread_that_was_told_as_it_came_nothing_is_kept_either()
    {
        var (received, deleted) = (_host.Event(Account, null), _host.Event(Account, null));
        received = received with { Body = Unplaced($$"""{"text":"{{Secret}}"}""") };

        await _host.PublishAsync(received, deleted with { Erased = [received.Id], Body = Unplaced("{}") });

        var waiting = await _host.ReadAsync(db => db.WaitingEvents.Select(row => row.Body).ToListAsync());
        waiting.Count.ShouldBe(2);
        waiting.ShouldAllBe(body => !Encoding.UTF8.GetString(body).Contains(Secret));

        static byte[] Unplaced(string raw) =>
            Encoding.UTF8.GetBytes($$"""{"data":{"what":"message","instagram_message_id":"m","raw":{{raw}} } }""");
    }

    private ErasureSweep Sweep() => _host.Services.GetRequiredService<ErasureSweep>();

    private Task<List<string>> BodiesAsync() =>
        _host.ReadAsync(async db => (await db.Deliveries.Select(row => row.Body).ToListAsync()).ConvertAll(Encoding.UTF8.GetString));

    /// <summary>A message that came, and that it was taken back.</summary>
    private (InboxEvent Received, InboxEvent Deleted) Events(string? conversation)
    {
        var (received, deleted) = (_host.Event(Account, conversation), _host.Event(Account, conversation));
        return (
            received with { Body = Body(received, $$"""{"id":"msg_1","kind":"text","text":"{{Secret}}"}""") },
            deleted with { Type = "message.deleted", Erased = [received.Id], Body = Body(deleted, Deleted) });
    }

    private static byte[] Body(InboxEvent inboxEvent, string message) => Encoding.UTF8.GetBytes(
        $"{{\"id\":\"{inboxEvent.Id}\",\"data\":{{\"message\":{message},\"contact\":{{\"id\":\"20\",\"name\":\"Käthe ♥\"}}}}}}");
}
