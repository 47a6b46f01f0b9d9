using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Sender.Data;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>Commits of which nobody knows whether they held: one call is made, and its outcome is told once.</summary>
public sealed class DoubtfulCommitTests : IAsyncLifetime
{
    private static readonly AccountId Second = AccountId.Parse("acc_2");

    private readonly SenderHost _host = new() { Change = DoubtfulUnitOfWork<SenderDbContext>.Wrap };
    private FakeGraph _graph = null!;

    private DoubtfulUnitOfWork<SenderDbContext> Database => _host.Services.GetRequiredService<DoubtfulUnitOfWork<SenderDbContext>>();

    public async ValueTask InitializeAsync()
    {
        _graph = await FakeGraph.StartAsync();
        await _host.OpenAsync(_graph.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _graph.DisposeAsync();
    }

    /// <summary>The command, the claim, the mark before the call, its outcome, and whoever takes the reports.</summary>
    [Theory]
    [InlineData(200, 0, SendOutcome.Sent)]
    [InlineData(400, 551, SendOutcome.Rejected)]
    [InlineData(400, 613, SendOutcome.Later)]
    public async Task Every_unit_that_runs_again_finds_what_it_did_before(int status, int code, SendOutcome outcome)
    {
        Database.RunsTwice = true;
        var success = _graph.Answer;
        if (status != 200)
            _graph.Answer = (context, number) => number == 1 ? FakeGraph.Error(status, code)(context, number) : success(context, number);

        var told = await SendAndMarkAsync();

        // Told once; the unit of whoever takes it runs twice as well.
        told.Select(report => report.Outcome).Order().ShouldBe(
            new[] { SendOutcome.Sending, SendOutcome.Sending, outcome, outcome }.Order());
        told.ShouldAllBe(report => report.Attempt == 1);
        _graph.Count.ShouldBe(2);
    }

    /// <summary>A claim whose answer was lost is in nobody's hands: its send would wait until the claim's time is over.</summary>
    [Theory]
    [InlineData("claim", 2)]
    [InlineData("mark", 1)]
    [InlineData("outcome", 1)]
    public async Task A_unit_that_held_although_the_database_said_otherwise_costs_no_second_call_and_little_time(string unit, int attempt)
    {
        var begun = _host.Clock.GetUtcNow();
        Database.Loses = db => db.ChangeTracker.Entries<LedgerEntry>().Any(row => unit switch
        {
            "claim" => row.Entity is { State: LedgerState.Claimed, CalledAt: null },
            "mark" => row.Entity is { State: LedgerState.Claimed, CalledAt: not null },
            _ => row.Entity.State == LedgerState.Sent,
        });

        var told = await SendAndMarkAsync();

        told.Select(report => (report.Outcome, report.Attempt)).ShouldBe([(SendOutcome.Sending, attempt), (SendOutcome.Sent, attempt)]);
        (_host.Clock.GetUtcNow() - begun).ShouldBeLessThan(TimeSpan.FromMinutes(1));
        _graph.Count.ShouldBe(2);
    }

    /// <summary>
    /// Sends a message, and one of another account behind its outcome. Returns what was told of the first one until the second one was
    /// sent.
    /// </summary>
    private async Task<List<SendReported>> SendAndMarkAsync()
    {
        var (first, marker) = (_host.Text("1"), _host.Text("2", to: InstagramUserId.Parse("43"), account: Second));
        await _host.LinkAsync();
        await _host.LinkAsync(account: Second);
        var told = new List<SendReported>();
        foreach (var send in new[] { first, marker })
        {
            await _host.SendAsync(send);
            SendReported report;
            do
            {
                report = await NextReportAsync();
                if (report.MessageId == first.MessageId) told.Add(report);
            }
            while (report.MessageId != send.MessageId || report.Outcome == SendOutcome.Sending);
        }

        return told;
    }

    /// <summary>The next report, while time goes by.</summary>
    private async Task<SendReported> NextReportAsync()
    {
        var next = _host.Reports.Reader.ReadAsync(Patience.Token()).AsTask();
        while (!next.IsCompleted)
        {
            _host.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        return await next;
    }
}
