using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Sending;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

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
        await ChangeAsync(row => row.MarkUnknown(Error, _host.Clock.GetUtcNow(), _host.Clock.GetUtcNow().AddMinutes(1)));
        await RecordAsync(Later);
        (await _host.RowAsync("1")).State.ShouldBe(LedgerState.Waiting);
    }

    [Fact]
    public async Task A_record_of_an_earlier_attempt_does_not_touch_a_later_one()
    {
        await ChangeAsync(row =>
        {
            row.MarkUnknown(Error, _host.Clock.GetUtcNow(), _host.Clock.GetUtcNow().AddMinutes(1));
            row.SendAgain(_host.Clock.GetUtcNow());
            row.Claim("test", _host.Clock.GetUtcNow().AddMinutes(1));
        });
        await RecordAsync(Later);
        var row = await _host.RowAsync("1");
        (row.State, row.Attempts).ShouldBe((LedgerState.Claimed, 2));
    }

    [Fact]
    public async Task An_answer_names_the_mid_that_counts_although_an_echo_lent_the_row_another()
    {
        await ChangeAsync(row => row.MarkSent(InstagramMessageId.Parse("mid.of-another"), _host.Clock.GetUtcNow()));
        await RecordAsync(Sent);
        var told = await _host.OutcomeAsync();
        (told.InstagramMessageId, told.ByEcho).ShouldBe((InstagramMessageId.Parse("mid.1"), false));
        (await _host.RowAsync("1")).InstagramMessageId.ShouldBe(InstagramMessageId.Parse("mid.1"));
    }

    [Fact]
    public async Task A_process_that_lost_its_claim_makes_no_call()
    {
        await ChangeAsync(row =>
        {
            row.Release();
            row.Claim("another process", _host.Clock.GetUtcNow().AddMinutes(10));
        });
        (await Mark(_host.Services.GetRequiredService<IUnitOfWork<SenderDbContext>>()).BeginAsync(_send, default)).ShouldBeFalse();
        (await _host.RowAsync("1")).CalledAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_mark_whose_commit_held_although_its_answer_was_lost_is_found_and_told_once()
    {
        var database = new LosingTheAnswer(_host.Services.GetRequiredService<IUnitOfWork<SenderDbContext>>());
        var marked = Mark(database).BeginAsync(_send, default);
        while (!marked.IsCompleted)
        {
            _host.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(marked, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        (await marked).ShouldBeTrue();
        database.Tries.ShouldBe(2);
        await RecordAsync(Sent);
        (await _host.Reports.Reader.ReadAsync(Patience.Token())).Outcome.ShouldBe(SendOutcome.Sending);
        (await _host.Reports.Reader.ReadAsync(Patience.Token())).Outcome.ShouldBe(SendOutcome.Sent);
    }

    [Fact]
    public async Task An_answer_about_an_old_token_does_not_refuse_the_new_one()
    {
        var refused = new GraphAnswer(new Verdict.Later("token_invalid", "Dead.", HoldBack.AccountUntilNewToken));
        await _host.LinkAsync(version: 2, token: "NEW");
        await ChangeAsync(row => row.MarkUnknown(Error, _host.Clock.GetUtcNow(), _host.Clock.GetUtcNow().AddMinutes(1)));
        await RecordAsync(refused);
        await _host.WriteAsync(async db => (await db.Accounts.SingleAsync()).TokenRefused.ShouldBeFalse());
    }

    [Fact]
    public async Task An_answer_that_was_frozen_with_its_process_pauses_nobody()
    {
        await _host.LinkAsync();
        await ChangeAsync(row =>
        {
            row.MarkUnknown(Error, _host.Clock.GetUtcNow(), _host.Clock.GetUtcNow().AddMinutes(1));
            row.Reject(Error, _host.Clock.GetUtcNow());
        });
        await RecordAsync(new GraphAnswer(new Verdict.Later("rate_limited", "Slow.", HoldBack.Account)));
        await _host.WriteAsync(async db => (await db.Accounts.SingleAsync()).PausedUntil.ShouldBeNull());
    }

    [Fact]
    public async Task A_success_counts_even_after_an_operator_gave_up()
    {
        await ChangeAsync(row =>
        {
            row.MarkUnknown(Error, _host.Clock.GetUtcNow(), _host.Clock.GetUtcNow().AddMinutes(1));
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

    private CallMark Mark(IUnitOfWork<SenderDbContext> unitOfWork) => new(unitOfWork, _host.Clock, NullLogger<CallMark>.Instance);

    private Recorder Recorder(IUnitOfWork<SenderDbContext> unitOfWork) =>
        new(unitOfWork, new SendSignal(), Options.Create(new SenderOptions()), _host.Clock, NullLogger<Recorder>.Instance);

    private Task RecordAsync(GraphAnswer answer) =>
        Recorder(_host.Services.GetRequiredService<IUnitOfWork<SenderDbContext>>()).RecordAsync(_send, answer, TimeSpan.Zero, default);

    private Task ChangeAsync(Action<LedgerEntry> change) => _host.WriteAsync(async db => change(await db.Ledger.SingleAsync()));

    /// <summary>The first unit commits, and the connection is cut before that is known.</summary>
    private sealed class LosingTheAnswer(IUnitOfWork<SenderDbContext> real) : IUnitOfWork<SenderDbContext>
    {
        public int Tries { get; private set; }

        public async Task<T> ExecuteAsync<T>(Func<WorkScope<SenderDbContext>, Task<T>> work, CancellationToken cancellationToken = default)
        {
            var result = await real.ExecuteAsync(work, cancellationToken);
            return ++Tries == 1 ? throw new DatabaseUnavailableException("cut") : result;
        }
    }

    private sealed class FailingAtFirst(IUnitOfWork<SenderDbContext> real, int failures) : IUnitOfWork<SenderDbContext>
    {
        public int Tries { get; private set; }

        public Task<T> ExecuteAsync<T>(Func<WorkScope<SenderDbContext>, Task<T>> work, CancellationToken cancellationToken = default) =>
            ++Tries <= failures ? throw new DatabaseUnavailableException("locked") : real.ExecuteAsync(work, cancellationToken);
    }
}
