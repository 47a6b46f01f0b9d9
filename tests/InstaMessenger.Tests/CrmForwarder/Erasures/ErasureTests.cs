using System.Text;
using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Erasures;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.CrmForwarder.Erasures;

/// <summary>Once a person is erased, no delivery about them is left, none is made any more, and the CRM is told.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private const string Secret = "whatNobodyMayKnowAnyMore";
    private const string Contact = "918273645546372819";
    private static readonly AccountId Account = AccountId.Parse("acc_1");
    private static readonly AccountId Neighbour = AccountId.Parse("acc_2");

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
        await _host.LinkAsync(Account, _crm.Url("/"));
        await _host.LinkAsync(Neighbour, _crm.Url("/"));
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Deliveries_of_the_contact_go_and_the_others_stay()
    {
        var theirs = Event(Account, "conv_1", $"a {Secret}");
        var comment = Event(Account, null, $"a comment of \",\"from\":{{\"id\":\"{Contact}\"}},\"text\":\"{Secret}");
        await _host.PublishAsync(theirs, comment, Event(Account, "conv_2", "stays"), Event(Neighbour, "conv_1", "stays too"));
        for (var n = 0; n < 4; n++) await _crm.NextAsync();

        await _host.PublishAsync(Command());

        var report = await _host.Erased.ReadAsync(Patience.Token());
        (report.ErasureId, report.Service, report.Rows).ShouldBe(("era_1", "crm-forwarder", 2));
        (await WhereAsync(Secret)).ShouldBeEmpty();
        (await _host.ReadAsync(db => db.Deliveries.CountAsync())).ShouldBe(2);
        (await _host.ReadAsync(db => db.Attempts.CountAsync())).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task An_event_of_before_that_comes_late_goes_nowhere_and_what_tells_of_the_erasure_does()
    {
        var late = Event(Account, "conv_1", Secret);
        var lateComment = Event(Account, null, $"\",\"from\":{{\"id\":\"{Contact}\"}},\"text\":\"{Secret}");
        await _host.PublishAsync(Command() with { UpToSequence = lateComment.Sequence });
        await _host.Erased.ReadAsync(Patience.Token());
        var told = Event(Account, "conv_1", "told", "contact.erased");
        var newThread = Event(Account, "conv_9", "written since");

        await _host.PublishAsync(late, lateComment, told, Event(Account, "conv_7", "") with { Body = [] }, newThread);

        (await _crm.NextAsync()).Id.ShouldBe(told.Id.Value);
        (await _crm.NextAsync()).Id.ShouldBe(newThread.Id.Value);
        (await WhereAsync(Secret)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_an_account_everything_goes_up_to_its_end_whichever_round_is_the_last()
    {
        var first = Event(Account, "conv_1", Secret);
        var second = Event(Account, null, Secret);
        await _host.PublishAsync(first, second, Event(Neighbour, "conv_1", "stays"));
        for (var n = 0; n < 3; n++) await _crm.NextAsync();

        await _host.PublishAsync(Command() with { ContactId = null, ConversationId = null, UpToSequence = first.Sequence });
        (await _host.Erased.ReadAsync(Patience.Token())).Rows.ShouldBe(1);
        await _host.PublishAsync(
            Command() with { ContactId = null, ConversationId = null, UpToSequence = second.Sequence, Round = 2 });
        (await _host.Erased.ReadAsync(Patience.Token())).Rows.ShouldBe(1);

        (await WhereAsync(Secret)).ShouldBeEmpty();
        (await _host.ReadAsync(db => db.Deliveries.SingleAsync())).AccountId.ShouldBe(Neighbour);
    }

    [Fact]
    public async Task A_delivery_that_waits_for_its_next_attempt_is_never_made()
    {
        _crm.Answer = (_, context) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await _host.PublishAsync(Event(Account, "conv_1", Secret));
        await _crm.NextAsync();
        _crm.Answer = (_, _) => Task.CompletedTask;

        await _host.PublishAsync(Command());
        await _host.Erased.ReadAsync(Patience.Token());
        var next = Event(Account, "conv_9", "written since");
        await _host.PublishAsync(next);
        _host.Advance(TimeSpan.FromHours(1), Account);

        (await _crm.NextAsync()).Id.ShouldBe(next.Id.Value);
    }

    [Fact]
    public async Task A_dead_letter_that_names_the_contact_goes_and_the_contact_is_forgotten_a_day_later()
    {
        await _host.WriteAsync(db => db.Add(DeadLetter.Of(
            InstaMessenger.CrmForwarder.CrmForwarderSetup.EventQueue,
            new BusItem<InboxEvent>("1", null, Event(Account, "conv_1", Secret)), new InvalidOperationException(), _host.Clock)));
        await _host.PublishAsync(Command());
        await _host.Erased.ReadAsync(Patience.Token());
        (await _host.ReadAsync(db => db.Set<DeadLetter>().CountAsync())).ShouldBe(0);

        _host.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        var worker = _host.Services.GetRequiredService<ErasureWorker>();
        for (var round = 0; round < 20 && await ContactAsync() is not null; round++) await worker.RoundAsync(Patience.Token());

        (await WhereAsync(Contact)).ShouldBeEmpty();

        Task<InstagramUserId?> ContactAsync() => _host.ReadAsync(db => db.Set<DataErasure>().Select(row => row.ContactId).SingleAsync());
    }

    private EraseData Command() => new(
        "era_1", 1, Account, InstagramUserId.Parse(Contact), ConversationId.Parse("conv_1"), _host.Clock.GetUtcNow(), 100);

    private InboxEvent Event(AccountId account, string? conversation, string text, string type = "message.received")
    {
        var made = _host.Event(account, conversation);
        return made with
        {
            Type = type,
            Body = Encoding.UTF8.GetBytes(
                $$"""{"id":"{{made.Id}}","account_id":"{{account}}","conversation":"{{conversation}}","text":"{{text}}"}"""),
        };
    }

    private async Task<List<string>> WhereAsync(string text)
    {
        var places = await _host.ReadAsync(db => EveryCell.HoldingAsync(db, text));
        return [.. places.Where(place => !place.StartsWith("outbox", StringComparison.Ordinal))];
    }
}
