using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace InstaMessenger.Tests.Sender.Sending;

/// <summary>What a call came to reaches the ledger, whatever happens between.</summary>
public sealed class RecorderTests : IAsyncLifetime
{
    private static readonly GraphAnswer Sent = new(new Verdict.Sent(InstagramMessageId.Parse("mid.1")));
    private static readonly GraphAnswer Later = new(new Verdict.Later("connection_failed", "No route."));
    private SenderHost _host = null!;
    private ClaimedSend _send = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await SenderHost.StartAsync(new Uri("http://127.0.0.1:9"));
        // Claimed before the account is known, so that the host's own dispatcher leaves it alone.
        await _host.SendAsync(_host.Text("1"));
        await _host.WriteAsync(async db =>
        {
            var row = await db.Ledger.SingleAsync();
            row.Claim("test", _host.Clock.GetUtcNow().AddMinutes(5).AddSeconds(30));
            var change = new AccountChanged(SenderHost.Account, 1, InstagramAccountId.Parse("1"), default, null, null, null, false);
            _send = ClaimedSend.Of(row, SendingAccount.Of(change));
        });
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_answer_is_held_until_the_database_takes_it()
    {
        var database = new FailingAtFirst(_host.Services.GetRequiredService<IUnitOfWork<SenderDbContext>>(), failures: 3);
        var recorded = Recorder(database).RecordAsync(_send, Sent, TimeSpan.Zero, default);
        while (!recorded.IsCompleted)
        {
            _host.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(recorded, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        await recorded;
        database.Tries.ShouldBe(4);
        (await _host.RowAsync("1")).State.ShouldBe(LedgerState.Sent);
    }

    [Fact]
    public async Task A_record_that_comes_after_the_rescuer_still_counts()
    {
        await ChangeAsync(row => row.MarkUnknown(Error, _host.Clock.GetUtcNow()));
        await RecordAsync(Later);
        (await _host.RowAsync("1")).State.ShouldBe(LedgerState.Waiting);
    }

    [Fact]
    public async Task A_record_of_an_earlier_attempt_does_not_touch_a_later_one()
    {
        await ChangeAsync(row =>
        {
            row.MarkUnknown(Error, _host.Clock.GetUtcNow());
            row.SendAgain(_host.Clock.GetUtcNow());
            row.Claim("test", _host.Clock.GetUtcNow().AddMinutes(1));
        });
        await RecordAsync(Later);
        var row = await _host.RowAsync("1");
        (row.State, row.Attempts).ShouldBe((LedgerState.Claimed, 2));
    }

    [Fact]
    public async Task A_success_counts_even_after_an_operator_gave_up()
    {
        await ChangeAsync(row =>
        {
            row.MarkUnknown(Error, _host.Clock.GetUtcNow());
            row.Reject(Error, _host.Clock.GetUtcNow());
        });
        await RecordAsync(Sent);
        (await _host.OutcomeAsync()).Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Fact]
    public async Task A_claim_that_is_too_old_makes_no_call()
    {
        _host.Clock.Advance(TimeSpan.FromSeconds(31));
        await _host.Services.GetRequiredService<SendAttempt>().RunAsync(_send, default);
        var row = await _host.RowAsync("1");
        (row.State, row.ErrorCode).ShouldBe((LedgerState.Waiting, "claim_too_old"));
    }

    private static SendError Error => new("code", "message", false, null);

    private Recorder Recorder(IUnitOfWork<SenderDbContext> unitOfWork) => new(unitOfWork, new SendSignal(), _host.Clock, NullLogger<Recorder>.Instance);

    private Task RecordAsync(GraphAnswer answer) =>
        Recorder(_host.Services.GetRequiredService<IUnitOfWork<SenderDbContext>>()).RecordAsync(_send, answer, TimeSpan.Zero, default);

    private Task ChangeAsync(Action<LedgerEntry> change) => _host.WriteAsync(async db => change(await db.Ledger.SingleAsync()));

    private sealed class FailingAtFirst(IUnitOfWork<SenderDbContext> real, int failures) : IUnitOfWork<SenderDbContext>
    {
        public int Tries { get; private set; }

        public Task<T> ExecuteAsync<T>(Func<WorkScope<SenderDbContext>, Task<T>> work, CancellationToken cancellationToken = default) =>
            ++Tries <= failures ? throw new DatabaseUnavailableException("locked") : real.ExecuteAsync(work, cancellationToken);
    }
}
