using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using InstaMessenger.Hosting.Logs;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Workers;

public sealed class WorkerLoopTests : IAsyncDisposable
{
    private static readonly Outage NoOutage = new(_ => false);
    private readonly FakeTimeProvider _clock = new();
    private readonly WorkerStatuses _statuses;
    private readonly Probe _probe = new();
    private readonly WorkerLoop<Probe> _loop;

    public WorkerLoopTests()
    {
        _statuses = new WorkerStatuses(_clock);
        _loop = new WorkerLoop<Probe>(_probe, _statuses, NoOutage, _clock, NullLogger<Probe>.Instance);
    }

    [Fact]
    public async Task A_round_runs_at_the_start_when_the_signal_wakes_it_and_when_the_interval_is_over()
    {
        await _loop.StartAsync(CancellationToken.None);
        await _probe.UntilRoundAsync();

        _probe.Signal.Wake();
        await _probe.UntilRoundAsync();

        await _clock.AdvanceUntilAsync(_probe.UntilRoundAsync());
    }

    [Fact]
    public async Task A_full_round_is_followed_by_the_next_at_once()
    {
        _probe.Answers.Enqueue(() => NextRound.Now);
        _probe.Answers.Enqueue(() => NextRound.Now);
        await _loop.StartAsync(CancellationToken.None);

        for (var round = 0; round < 3; round++) await _probe.UntilRoundAsync();
    }

    /// <summary>The search index and the look-ups, which give way like that in a flood, took the processor from the messages.</summary>
    [Fact]
    public async Task A_full_round_that_gives_way_is_followed_by_the_next_after_the_gap()
    {
        var gap = TimeSpan.FromMilliseconds(200);
        _probe.Answers.Enqueue(() => NextRound.Now.NotSoonerThan(gap));
        var began = new List<long>();
        _probe.Work = _ =>
        {
            began.Add(Stopwatch.GetTimestamp());
            return Task.CompletedTask;
        };
        await _loop.StartAsync(CancellationToken.None);

        for (var round = 0; round < 2; round++) await _probe.UntilRoundAsync();
        await _loop.StoppingAsync(CancellationToken.None);

        Stopwatch.GetElapsedTime(began[0], began[1]).ShouldBeGreaterThan(gap - TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task A_worker_that_is_done_for_good_ends_and_is_no_longer_reported_or_it_would_look_stuck()
    {
        _probe.Call("probe-that-ends");
        using var loop = new WorkerLoop<Probe>(_probe, _statuses, NoOutage, _clock, NullLogger<Probe>.Instance);
        Reported().ShouldContain(_probe.Name);

        _probe.Answers.Enqueue(() => NextRound.Never);
        await loop.StartAsync(CancellationToken.None);
        await loop.ExecuteTask!.WaitAsync(Patience.Long);

        Reported().ShouldNotContain(_probe.Name);
        _probe.Rounds.ShouldBe(1);
    }

    [Fact]
    public async Task A_round_that_fails_is_tried_again_after_a_back_off_and_readiness_tells_when_it_goes_on_failing()
    {
        _probe.Work = _ => throw new TimeoutException("the database is away");
        await _loop.StartAsync(CancellationToken.None);
        (await UntilHealthIsAsync(HealthStatus.Degraded)).Description!.ShouldContain("rounds failed");

        _probe.Work = _ => Task.CompletedTask;
        await UntilHealthIsAsync(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Rows_that_could_not_even_be_set_aside_are_told_by_readiness_until_they_are_gone()
    {
        _probe.Stuck = 2;
        await _loop.StartAsync(CancellationToken.None);
        (await UntilHealthIsAsync(HealthStatus.Degraded)).Description.ShouldBe("probe: 2 rows fail and could not be set aside");

        _probe.Stuck = 0;
        await UntilHealthIsAsync(HealthStatus.Healthy);
    }

    /// <summary>
    /// Who watches the database says that it is away. When each of forty workers said so too, an outage wrote more than the disk of the
    /// logs should bear.
    /// </summary>
    [Theory]
    [InlineData(true, 10)]
    [InlineData(false, 3)]
    public async Task A_fault_of_the_workers_own_is_told_soon_and_an_outage_only_when_it_lasts(bool isOutage, int firstTold)
    {
        var (log, fails) = (LogCapture.Json(), true);
        using var loggers = new LoggerFactory([log]);
        using var loop = new WorkerLoop<Probe>(_probe, _statuses, NoOutage, _clock, loggers.CreateLogger<Probe>());
        _probe.Work = _ => !fails ? Task.CompletedTask : isOutage ? throw new TimeoutException("away") : throw new FormatException("?");
        await loop.StartAsync(CancellationToken.None);
        for (var round = 0; round < firstTold; round++) await _clock.AdvanceUntilAsync(_probe.UntilRoundAsync());
        fails = false;
        await _clock.AdvanceUntilAsync(_probe.UntilRoundAsync());
        await loop.StopAsync(CancellationToken.None);

        log.Written.Where(line => line.Contains("worker.failed", StringComparison.Ordinal)).ShouldHaveSingleItem()
            .ShouldContain($"failure {firstTold} in a row");
    }

    [Fact]
    public async Task What_must_be_done_first_is_done_before_the_start_goes_on_and_its_error_ends_the_start()
    {
        var (first, began) = (new TaskCompletionSource(), false);
        _probe.Begin = async () =>
        {
            await first.Task;
            began = true;
        };
        var starting = _loop.StartAsync(CancellationToken.None);
        starting.IsCompleted.ShouldBeFalse();
        first.SetResult();
        await starting;
        began.ShouldBeTrue();
        await _probe.UntilRoundAsync();

        using var other = new WorkerLoop<Probe>(
            new Probe { Begin = () => throw new TimeoutException("away") }, _statuses, NoOutage, _clock, NullLogger<Probe>.Instance);
        await Should.ThrowAsync<TimeoutException>(() => other.StartAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_stop_waits_for_the_round_in_hand_and_then_ends_what_it_left_running()
    {
        var finish = new TaskCompletionSource();
        _probe.Work = _ => finish.Task;
        await _loop.StartAsync(CancellationToken.None);
        await _probe.UntilRoundAsync();

        var stopping = _loop.StoppingAsync(CancellationToken.None);
        stopping.IsCompleted.ShouldBeFalse();
        _probe.Ended.ShouldBeFalse();
        finish.SetResult();
        await stopping;

        _probe.Ended.ShouldBeTrue();
        _probe.Rounds.ShouldBe(1);
    }

    /// <summary>MySqlConnector throws out of the cancellation when its connection is cut in the same moment.</summary>
    [Fact]
    public async Task A_stop_goes_on_although_what_listens_to_its_token_fails()
    {
        _probe.HeldLease = new SwitchedLease { IsFree = true, BreaksWhenCancelled = true };
        await _loop.StartAsync(CancellationToken.None);
        await _probe.UntilRoundAsync();

        await _loop.StoppingAsync(CancellationToken.None);

        _probe.Ended.ShouldBeTrue();
    }

    /// <summary>MySQL says of a query that is cancelled at the end that it was interrupted.</summary>
    [Fact]
    public async Task A_worker_that_does_not_end_well_gives_its_lease_back_all_the_same()
    {
        var lease = new SwitchedLease { IsFree = true };
        _probe.HeldLease = lease;
        _probe.End = () => throw new TimeoutException("interrupted");
        await _loop.StartAsync(CancellationToken.None);
        await _probe.UntilRoundAsync();

        await _loop.StoppingAsync(CancellationToken.None);

        lease.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public async Task Only_the_process_with_the_lease_runs_rounds_and_the_other_goes_on_when_it_is_free()
    {
        var lease = new SwitchedLease();
        _probe.HeldLease = lease;
        await _loop.StartAsync(CancellationToken.None);
        await _clock.AdvanceUntilAsync(lease.UntilAskedAsync(3));
        _probe.Rounds.ShouldBe(0);

        lease.IsFree = true;
        await _clock.AdvanceUntilAsync(_probe.UntilRoundAsync());
        await _loop.StoppingAsync(CancellationToken.None);
        lease.IsHeld.ShouldBeFalse();
    }

    /// <summary>Each worker of a process that stands by tried to take its lease every second: three statements, for nothing.</summary>
    [Fact]
    public async Task A_lease_that_another_process_has_is_looked_at_and_not_asked_for()
    {
        var lease = new SwitchedLease { IsFree = true, IsElsewhere = true };
        _probe.HeldLease = lease;
        await _loop.StartAsync(CancellationToken.None);
        await _clock.AdvanceUntilAsync(lease.UntilLookedAtAsync(3));
        lease.Asked.ShouldBe(0);

        lease.IsElsewhere = false;
        await _clock.AdvanceUntilAsync(_probe.UntilRoundAsync());
        await _loop.StoppingAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_lost_lease_ends_the_round_without_counting_as_a_failure()
    {
        var lease = new SwitchedLease { IsFree = true };
        _probe.HeldLease = lease;
        _probe.Answers.Enqueue(() =>
        {
            lease.Lose();
            throw new LeaseLostException("probe");
        });
        await _loop.StartAsync(CancellationToken.None);
        await _probe.UntilRoundAsync();
        await _clock.AdvanceUntilAsync(_probe.UntilRoundAsync());

        lease.Asked.ShouldBe(2);
    }

    /// <summary>Moves the clock meanwhile: how far the loop has got when it moves is not the test's to know.</summary>
    private async Task<HealthCheckResult> UntilHealthIsAsync(HealthStatus wanted)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var health = await _statuses.CheckHealthAsync(new HealthCheckContext());
            if (health.Status == wanted) return health;
            patience.Elapsed.ShouldBeLessThan(Patience.Long);
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync(CancellationToken.None);
        _loop.Dispose();
    }

    /// <summary>The workers that have a lag in the metrics.</summary>
    private static List<object?> Reported()
    {
        var workers = new List<object?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Name == "worker.lag") own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => workers.Add(tags[0].Value));
        listener.Start();
        listener.RecordObservableInstruments();
        return workers;
    }

    private sealed class Probe : Worker
    {
        private readonly Channel<bool> _rounds = Channel.CreateUnbounded<bool>();
        private string _name = "probe";

        public override string Name => _name;

        public void Call(string name) => _name = name;

        public override TimeSpan Interval => TimeSpan.FromMinutes(1);

        public override WakeSignal Signal { get; } = new();

        public override ILease? Lease => HeldLease;

        public ILease? HeldLease { get; set; }

        public int Stuck { get; set; }

        internal override int StuckRows => Stuck;

        public Queue<Func<NextRound>> Answers { get; } = [];

        public Func<CancellationToken, Task> Work { get; set; } = _ => Task.CompletedTask;

        public Func<Task> Begin { get; set; } = () => Task.CompletedTask;

        public int Rounds { get; private set; }

        public bool Ended { get; private set; }

        public Task<bool> UntilRoundAsync() => _rounds.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);

        public override Task BeginAsync(CancellationToken cancellationToken) => Begin();

        public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
        {
            Rounds++;
            _rounds.Writer.TryWrite(true);
            await Work(cancellationToken);
            return Answers.TryDequeue(out var answer) ? answer() : NextRound.WhenWoken;
        }

        public Func<Task> End { get; set; } = () => Task.CompletedTask;

        public override Task EndAsync(CancellationToken cancellationToken)
        {
            Ended = true;
            return End();
        }
    }

    private sealed class SwitchedLease : ILease
    {
        private readonly Channel<bool> _asked = Channel.CreateUnbounded<bool>();
        private readonly Channel<bool> _lookedAt = Channel.CreateUnbounded<bool>();

        public string Name => "probe";

        public bool IsElsewhere { get; set; }

        public bool IsFree { get; set; }

        public bool BreaksWhenCancelled { get; init; }

        public bool IsHeld { get; private set; }

        public long Token { get; private set; }

        public int Asked { get; private set; }

        public void Lose() => IsHeld = false;

        public Task UntilAskedAsync(int times) => ReadAsync(_asked, times);

        public Task UntilLookedAtAsync(int times) => ReadAsync(_lookedAt, times);

        public Task<bool> IsElsewhereAsync(CancellationToken cancellationToken)
        {
            _lookedAt.Writer.TryWrite(true);
            return Task.FromResult(IsElsewhere);
        }

        public Task<bool> TryTakeAsync(CancellationToken cancellationToken)
        {
            Asked++;
            _asked.Writer.TryWrite(true);
            if (BreaksWhenCancelled) cancellationToken.Register(() => throw new TimeoutException("not connected"));
            if (IsFree) (IsHeld, Token) = (true, Token + 1);
            return Task.FromResult(IsHeld);
        }

        public Task ReleaseAsync()
        {
            IsHeld = false;
            return Task.CompletedTask;
        }

        private static async Task ReadAsync(Channel<bool> channel, int times)
        {
            for (var time = 0; time < times; time++) await channel.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);
        }
    }
}
