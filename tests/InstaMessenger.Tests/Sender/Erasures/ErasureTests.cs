using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Profiles;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Erasures;

/// <summary>What the sender keeps of somebody who is erased: nothing, and it sends them nothing that was accepted before.</summary>
public sealed class ErasureTests : SenderTests
{
    private const string Secret = "whatNobodyMayKnowAnyMore";
    private static readonly InstagramUserId Contact = InstagramUserId.Parse("918273645546372819");

    [Fact]
    public async Task Sends_to_the_contact_are_gone_and_those_to_others_are_made()
    {
        // Before the account is linked nothing goes out.
        await Host.SendAsync(Host.Text("1", Secret, Contact), Host.Text("2", "hello"));
        await Host.WriteAsync(db =>
        {
            db.Add(new ProfileLookup { AccountId = SenderHost.Account, ContactId = Contact, DueAt = Host.Clock.GetUtcNow().AddDays(1) });
            return Task.CompletedTask;
        });

        await Host.EraseAsync(Command(round: 1));

        var report = await ErasedAsync();
        (report.ErasureId, report.Round, report.Service, report.Rows).ShouldBe(("era_1", 1, "sender", 1));
        (await WhereAsync(Secret)).ShouldBeEmpty();
        (await WhereAsync(Contact.Value)).ShouldBeEmpty();
        await Host.LinkAsync();
        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        Graph.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_send_that_was_accepted_before_and_comes_late_is_never_made_and_a_later_one_is()
    {
        await Host.LinkAsync();
        var late = Host.Text("1", Secret, Contact);
        Host.Clock.Advance(TimeSpan.FromMilliseconds(5));
        await Host.EraseAsync(Command(round: 2));
        await ErasedAsync();
        Host.Clock.Advance(TimeSpan.FromMilliseconds(5));

        await Host.SendAsync(late, Host.Text("2", "written since", Contact));

        (await Host.OutcomeAsync()).MessageId.ShouldBe(MessageId.Parse("msg_2"));
        Graph.Count.ShouldBe(1);
        (await WhereAsync(Secret)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_that_is_under_way_is_waited_for()
    {
        await Host.LinkAsync();
        var release = new TaskCompletionSource();
        Graph.Answer = async (context, _) =>
        {
            await release.Task;
            await FakeGraph.Json(context, 200, """{"message_id":"mid.1"}""");
        };
        await Host.SendAsync(Host.Text("1", Secret, Contact));
        await Graph.NextAsync();

        await Host.EraseAsync(Command(round: 2));
        await Host.Services.GetRequiredService<InstaMessenger.Sender.Erasures.ErasureWorker>().RoundAsync(Patience.Token());
        Host.Erased.Reader.TryRead(out _).ShouldBeFalse();
        release.SetResult();

        (await Host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
        (await ErasedAsync()).Rows.ShouldBe(1);
        (await WhereAsync(Contact.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Everything_of_an_account_goes_once_it_is_unsubscribed_and_a_late_round_begins_nothing_anew()
    {
        await Host.LinkAsync();
        await Host.SendAsync(Host.Text("1"));
        await Host.OutcomeAsync();
        await Host.LinkAsync(version: 2, unlinked: true);

        await Host.EraseAsync(Command(round: 2) with { ContactId = null });
        var report = await ErasedAsync();
        await Host.EraseAsync(Command(round: 1) with { ContactId = null });

        (report.Round, report.Rows).ShouldBe((2, 1));
        await using var db = await Host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync();
        (await db.Ledger.CountAsync(), await db.Set<Checkup>().CountAsync()).ShouldBe((0, 0));
        (await db.Set<DataErasure>().SingleAsync()).DueAt.ShouldBeNull();
    }

    [Fact]
    public async Task One_that_cannot_be_read_waits_ten_minutes_each_time_and_the_others_go_on()
    {
        await Host.WriteAsync(async db =>
        {
            foreach (var id in (string[])["era_0", "era_1"])
            {
                var command = Command(round: 1) with { ErasureId = id };
                var row = DataErasure.Of(command);
                row.Begin(command, Host.Clock.GetUtcNow());
                db.Add(row);
            }

            // Together, so that the worker finds neither before it is spoilt.
            await db.SaveChangesAsync();
            await db.Database.ExecuteSqlRawAsync("UPDATE erasures SET contact_id = 'nobody' WHERE erasure_id = 'era_0'");
        });

        (await ErasedAsync()).ErasureId.ShouldBe("era_1");

        var began = Host.Clock.GetUtcNow();
        var worker = Host.Services.GetRequiredService<InstaMessenger.Sender.Erasures.ErasureWorker>();
        for (var n = 0; n < 20 && !await WaitsAsync(); n++)
        {
            Host.Clock.Advance(TimeSpan.FromSeconds(10));
            await worker.RoundAsync(Patience.Token());
        }

        (await WaitsAsync()).ShouldBeTrue();

        async Task<bool> WaitsAsync()
        {
            var later = began + TimeSpan.FromMinutes(9);
            await using var db = await Host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync();
            return await db.Set<DataErasure>().AnyAsync(row => row.ErasureId == "era_0" && row.DueAt > later);
        }
    }

    private EraseData Command(int round) =>
        new("era_1", round, SenderHost.Account, Contact, ConversationId.Parse("conv_1"), Host.Clock.GetUtcNow(), 10);

    private async Task<DataErased> ErasedAsync()
    {
        var told = Host.Erased.Reader.ReadAsync(Patience.Token()).AsTask();
        while (!told.IsCompleted)
        {
            Host.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(told, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        return await told;
    }

    private async Task<IReadOnlyList<string>> WhereAsync(string text)
    {
        await using var db = await Host.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync();
        return [.. (await EveryCell.HoldingAsync(db, text)).Where(place => !place.StartsWith("outbox", StringComparison.Ordinal))];
    }
}
