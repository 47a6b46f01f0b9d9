using InstaMessenger.Contracts.Ids;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.CrmForwarder.Deliveries;

/// <summary>
/// Thousands are due when a CRM comes back after an outage. All at once they would take it down again: without a limit it got 3,000 posts
/// in its first second. Real posts, by a clock that goes in small steps.
/// </summary>
public sealed class HerdTests : IAsyncLifetime
{
    private const int Due = 3_000;

    private static readonly AccountId Account = AccountId.Parse("acc_1");
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly string _directory = Directory.CreateTempSubdirectory("crm-forwarder-").FullName;
    private TinyCrm _crm = null!;
    private ForwarderHost _host = null!;
    private int _came;

    public async ValueTask InitializeAsync()
    {
        _crm = await TinyCrm.StartAsync();
        _host = await ForwarderHost.StartAsync(_directory);
        await _host.LinkAsync(Account, _crm.Url("/"));
    }

    public async ValueTask DisposeAsync()
    {
        await _crm.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_crm_that_is_back_gets_twice_as_much_each_second_until_it_has_all()
    {
        Answer(200);
        await AwayForAnHourAsync();
        await PublishAsync(Due);

        // Nine are enough, and on a busy machine posts are slower than this clock. At twenty a second it would take 150.
        var seconds = await SecondsAsync(until: Due, atMost: 40);
        TestContext.Current.TestOutputHelper!.WriteLine($"posts in each second: {string.Join(", ", seconds)}");
        seconds[0].ShouldBeGreaterThanOrEqualTo(10);
        // Twenty a second, doubled each second. Counted from the beginning: on a busy machine some of one second come in the next.
        for (var second = 1; second <= seconds.Count; second++)
            seconds.Take(second).Sum().ShouldBeLessThanOrEqualTo((int)(1.3 * 20 * (Math.Pow(2, second) - 1) / Math.Log(2)) + 40);
        seconds.Sum().ShouldBe(Due);
    }

    [Fact]
    public async Task A_crm_that_only_fails_is_asked_some_twenty_times_a_second_whether_it_is_back()
    {
        Answer(503);
        await PublishAsync(500);
        var seconds = await SecondsAsync(until: 61, atMost: 8);
        TestContext.Current.TestOutputHelper!.WriteLine($"posts in each second: {string.Join(", ", seconds)}");
        for (var second = 1; second <= seconds.Count; second++)
            seconds.Take(second).Sum().ShouldBeLessThanOrEqualTo(Recovery.AwayAfter + (second * Recovery.FirstRate) + 25);
        seconds.Sum().ShouldBeGreaterThan(60);
    }

    private void Answer(int status) => _crm.Answer = (_, context) =>
    {
        Interlocked.Increment(ref _came);
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private async Task PublishAsync(int count)
    {
        foreach (var bundle in Enumerable.Range(0, count).Chunk(100))
            await _host.PublishAsync([.. bundle.Select(_ => _host.Event(Account))]);
    }

    /// <summary>As the rows of an endpoint are that took nothing for an hour, in a process that has just started.</summary>
    private Task<int> AwayForAnHourAsync()
    {
        DateTimeOffset? since = _host.Clock.GetUtcNow() - TimeSpan.FromHours(1);
        return _host.Services.GetRequiredService<IUnitOfWork<CrmForwarderDbContext>>().ExecuteAsync(
            scope => scope.Db.Endpoints.ExecuteUpdateAsync(
                set => set.SetProperty(row => row.FailingSince, since).SetProperty(row => row.Proven, true)));
    }

    /// <summary>How many came in each second, until so many came or so many seconds have passed.</summary>
    private async Task<List<int>> SecondsAsync(int until, int atMost)
    {
        var seconds = new List<int>();
        for (var second = 0; second < atMost && seconds.Sum() < until; second++)
        {
            var before = Volatile.Read(ref _came);
            if (second == 0) before = 0;
            for (var step = 0; step < 20; step++)
            {
                await StillAsync();
                _host.Clock.Advance(Step);
            }

            await StillAsync();
            seconds.Add(Volatile.Read(ref _came) - before);
        }

        return seconds;
    }

    /// <summary>Until nothing comes any more without the clock.</summary>
    private async Task StillAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var seen = -1; seen != Volatile.Read(ref _came);)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience.Long) throw new TimeoutException("It never stood still.");
            seen = Volatile.Read(ref _came);
            await Task.Delay(TimeSpan.FromMilliseconds(15), TimeProvider.System);
        }
    }
}
