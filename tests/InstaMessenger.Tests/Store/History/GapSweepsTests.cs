using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.History;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.History;

/// <summary>When the accounts have their turns, by a simulated clock.</summary>
public sealed class GapSweepsTests : IAsyncLifetime
{
    private const int Accounts = 10_000;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly LogCapture _log = LogCapture.Text();
    private StoreHost _store = null!;

    public async ValueTask InitializeAsync() =>
        _store = await StoreHost.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(_clock).AddSingleton<ILoggerProvider>(_log);
            // The tests make its rounds; one of its own beside them would tell of the same rows.
            services.RemoveLoopOf<GapSweeps>();
        });

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task The_first_sweeps_of_ten_thousand_accounts_spread_evenly_over_the_interval()
    {
        await _store.UnitOfWork.ExecuteAsync(async scope =>
        {
            var rows = new List<AccountHistory>();
            foreach (var number in Enumerable.Range(0, Accounts))
            {
                rows.Add(_store.Services.GetRequiredService<HistoryRuns>().Add(
                    scope.Db, AccountId.Parse($"acc_{number}"), _clock.GetUtcNow()));
            }

            scope.Db.ChangeTracker.Clear();
            await BulkInsert.EntitiesAsync(scope.Db, rows);
        });

        await using var db = _store.Read();
        var begin = _clock.GetUtcNow();
        var times = await db.Set<AccountHistory>().Select(row => row.SweepAt).ToListAsync();
        var perMinute = times.GroupBy(at => (int)(at - begin).TotalMinutes).ToDictionary(group => group.Key, group => group.Count());
        perMinute.Keys.Order().ShouldBe(Enumerable.Range(0, 60));
        // 167 in a minute on average.
        perMinute.Values.Max().ShouldBeLessThan(250);
        // What a round begins is enough for all of them within the hour, and no more at once after a standstill.
        (GapSweeps.MostOfRound * 720).ShouldBeInRange(Accounts, 2 * Accounts);
    }

    [Fact]
    public async Task An_account_is_swept_once_in_its_interval_and_one_that_was_linked_before_has_its_turn_too()
    {
        var account = await _store.LinkAsync("17841400000000001", "17841400000000001");
        var worker = ActivatorUtilities.CreateInstance<GapSweeps>(_store.Services);

        await worker.RoundAsync(TestContext.Current.CancellationToken);
        var first = await RowAsync(account);
        first.SweepAt.ShouldBeInRange(_clock.GetUtcNow(), _clock.GetUtcNow().AddHours(1));
        _clock.Advance(TimeSpan.FromHours(1));
        await worker.RoundAsync(TestContext.Current.CancellationToken);
        await worker.RoundAsync(TestContext.Current.CancellationToken);

        var second = await RowAsync(account);
        second.SweepRun.ShouldBe(1);
        second.SweepAt.ShouldBeInRange(_clock.GetUtcNow().AddMinutes(54), _clock.GetUtcNow().AddMinutes(66));
    }

    [Fact]
    public async Task As_many_rotten_rows_as_a_round_takes_keep_no_account_from_its_turn_and_each_is_told_once_in_its_interval()
    {
        var good = await _store.LinkAsync("17841400000000001", "17841400000000001");
        var now = _clock.GetUtcNow();
        await _store.UnitOfWork.ExecuteAsync(scope =>
        {
            var runs = _store.Services.GetRequiredService<HistoryRuns>();
            runs.Add(scope.Db, good.Id, now).SweepAt = now.AddHours(-1);
            foreach (var number in Enumerable.Range(0, GapSweeps.MostOfRound))
                runs.Add(scope.Db, AccountId.Parse($"acc_{number}"), now).SweepAt = now.AddHours(-2);
            return Task.CompletedTask;
        });
        await _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlAsync(
            $"UPDATE account_histories SET linked_at = {long.MaxValue} WHERE account_id <> {good.Id.ToString()}"));
        var worker = ActivatorUtilities.CreateInstance<GapSweeps>(_store.Services);

        for (var round = 0; round < 3; round++) await worker.RoundAsync(TestContext.Current.CancellationToken);

        (await RowAsync(good)).SweepRun.ShouldBe(1);
        _log.Written.Count(line => line.Contains("The sweep of", StringComparison.Ordinal)).ShouldBe(GapSweeps.MostOfRound);
        await using var db = _store.Read();
        (await db.Set<AccountHistory>().Select(row => row.SweepAt).ToListAsync())
            .ShouldAllBe(next => next > now.AddMinutes(50) && next < now.AddMinutes(70));
    }

    private async Task<AccountHistory> RowAsync(Account account)
    {
        await using var db = _store.Read();
        return await db.Set<AccountHistory>().SingleAsync(row => row.AccountId == account.Id);
    }
}
