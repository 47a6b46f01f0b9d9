using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Workers;

public sealed class RowWorkerTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Rows _rows;

    public RowWorkerTests() => _rows = new Rows(_clock);

    [Fact]
    public async Task A_rotten_row_holds_up_no_other_and_is_set_aside_once_it_has_failed_alone_three_times()
    {
        _rows.Due.AddRange([1, 2, 3, 4, 5]);
        _rows.Rotten.Add(3);

        await _rows.RoundAsync(CancellationToken.None);
        _rows.Handled.ShouldBe([1, 2, 4, 5]);
        _rows.SetAside.ShouldBeEmpty();

        await NextAttemptAsync();
        _rows.SetAside.ShouldBeEmpty();
        await NextAttemptAsync();
        _rows.SetAside.ShouldBe([3]);
        _rows.Due.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_that_failed_a_moment_ago_takes_no_place_of_others()
    {
        _rows.Due.AddRange(Enumerable.Range(1, 10));
        _rows.Rotten.UnionWith(Enumerable.Range(1, 10));
        await _rows.RoundAsync(CancellationToken.None);

        _rows.Due.AddRange(Enumerable.Range(11, 10));
        (await _rows.RoundAsync(CancellationToken.None)).ShouldBe(NextRound.Now);

        _rows.Handled.ShouldBe(Enumerable.Range(11, 10));
    }

    [Fact]
    public async Task A_database_that_is_away_is_no_row_s_fault_and_fails_the_round()
    {
        _rows.Due.Add(1);
        for (var round = 0; round < 5; round++)
        {
            _rows.BeforeHandling = () => _rows.IsAway = true;
            await Should.ThrowAsync<TimeoutException>(() => _rows.RoundAsync(CancellationToken.None));
            _rows.IsAway = false;
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        _rows.BeforeHandling = () => { };
        await _rows.RoundAsync(CancellationToken.None);
        _rows.SetAside.ShouldBeEmpty();
        _rows.Handled.ShouldBe([1]);
    }

    [Fact]
    public async Task A_row_that_cannot_even_be_set_aside_holds_up_no_other_and_is_told()
    {
        _rows.Due.Add(1);
        _rows.Rotten.Add(1);
        _rows.CanSetAside = false;
        for (var attempt = 0; attempt < 4; attempt++) await NextAttemptAsync();
        _rows.StuckRows.ShouldBe(1);

        _rows.Due.Add(2);
        await NextAttemptAsync();
        _rows.Handled.ShouldBe([2]);

        _rows.CanSetAside = true;
        await NextAttemptAsync();
        _rows.SetAside.ShouldBe([1]);
        _rows.StuckRows.ShouldBe(0);
    }

    [Fact]
    public async Task A_row_that_another_process_handled_is_forgotten()
    {
        _rows.Due.Add(1);
        _rows.Rotten.Add(1);
        await _rows.RoundAsync(CancellationToken.None);
        await NextAttemptAsync();

        _rows.Due.Clear();
        await NextAttemptAsync();
        _rows.Due.Add(1);
        await NextAttemptAsync();

        _rows.SetAside.ShouldBeEmpty();
    }

    private Task<NextRound> NextAttemptAsync()
    {
        _clock.Advance(TimeSpan.FromSeconds(11));
        return _rows.RoundAsync(CancellationToken.None);
    }

    private sealed class Rows(TimeProvider clock) : RowWorker<int>(clock, NullLogger.Instance)
    {
        public override string Name => "rows";

        public override TimeSpan Interval => TimeSpan.FromMinutes(1);

        public List<int> Due { get; } = [];

        public HashSet<int> Rotten { get; } = [];

        public List<int> Handled { get; } = [];

        public List<int> SetAside { get; } = [];

        public bool IsAway { get; set; }

        public bool CanSetAside { get; set; } = true;

        public Action BeforeHandling { get; set; } = () => { };

        protected override int RowsPerRound => 10;

        protected override Task<IReadOnlyList<int>> FindAsync(
            IReadOnlyCollection<int> except, int limit, CancellationToken cancellationToken)
        {
            if (IsAway) throw new TimeoutException("the database is away");
            return Task.FromResult<IReadOnlyList<int>>([.. Due.Except(except).Take(limit)]);
        }

        protected override Task HandleAsync(IReadOnlyList<int> rows, CancellationToken cancellationToken)
        {
            BeforeHandling();
            if (IsAway) throw new TimeoutException("the database is away");
            if (rows.Any(Rotten.Contains)) throw new FormatException("rotten");
            Handled.AddRange(rows);
            Due.RemoveAll(rows.Contains);
            return Task.CompletedTask;
        }

        protected override Task SetAsideAsync(int row, Exception error, CancellationToken cancellationToken)
        {
            if (!CanSetAside) throw new InvalidOperationException("too large");
            SetAside.Add(row);
            Due.Remove(row);
            return Task.CompletedTask;
        }
    }
}
