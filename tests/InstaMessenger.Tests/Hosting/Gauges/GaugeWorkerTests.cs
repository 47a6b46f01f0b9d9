using InstaMessenger.Hosting.Gauges;
using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Gauges;

public sealed class GaugeWorkerTests : IDisposable
{
    private static readonly Gauge Rows = new("tests.rows", "{row}", "A figure of these tests.");
    private static readonly Gauge Each = new("tests.each", "%", "For these tests.", "account_id");
    private readonly FakeTimeProvider _clock = new();
    private readonly Table _table;

    public GaugeWorkerTests() => _table = new Table(_clock);

    [Fact]
    public async Task A_figure_is_told_until_it_is_a_minute_old()
    {
        await RoundAsync();
        _table.Read(Rows).ShouldBe(7);

        _clock.Advance(TimeSpan.FromSeconds(60));
        _table.Read(Rows).ShouldBe(7);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _table.Read(Rows).ShouldBeNull("an old figure would look like a good one");
    }

    [Fact]
    public async Task Reading_it_asks_no_database()
    {
        await RoundAsync();
        _table.IsAway = true;

        for (var n = 0; n < 100; n++) _table.Read(Rows).ShouldBe(7);
        _table.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Figures_come_back_with_their_database()
    {
        await RoundAsync();
        _table.IsAway = true;
        await Should.ThrowAsync<TimeoutException>(RoundAsync);
        _clock.Advance(TimeSpan.FromMinutes(2));
        _table.Read(Rows).ShouldBeNull();

        _table.IsAway = false;
        await RoundAsync();

        _table.Read(Rows).ShouldBe(7);
    }

    [Fact]
    public void A_gauge_with_a_label_has_a_figure_of_each()
    {
        _table.SetEach(new Dictionary<string, double> { ["acc_1"] = 95, ["acc_2"] = 50 });

        _table.ReadAll(Each).ShouldBe(new Dictionary<string, double> { ["acc_1"] = 95, ["acc_2"] = 50 }, ignoreOrder: true);
        _table.ReadAll(Rows).ShouldBeEmpty();
    }

    [Fact]
    public void An_age_is_never_negative_and_none_is_zero()
    {
        _table.Age(_clock.GetUtcNow() + TimeSpan.FromSeconds(5)).ShouldBe(0);
        _table.Age(null).ShouldBe(0);
        _table.Age(_clock.GetUtcNow() - TimeSpan.FromSeconds(5)).ShouldBe(5);
    }

    public void Dispose() => _table.Dispose();

    private Task<NextRound> RoundAsync() => _table.RoundAsync(CancellationToken.None);

    private sealed class Table(TimeProvider clock) : GaugeWorker("tests-gauges", "tests", clock)
    {
        public bool IsAway { get; set; }

        public int Asked { get; private set; }

        public void SetEach(Dictionary<string, double> values) => Set(Each, values);

        public double? Age(DateTimeOffset? since)
        {
            SetAge(Rows, since);
            return Read(Rows);
        }

        protected override Task ReadAsync(CancellationToken cancellationToken)
        {
            Asked++;
            if (IsAway) throw new TimeoutException();
            Set(Rows, 7);
            return Task.CompletedTask;
        }
    }
}
