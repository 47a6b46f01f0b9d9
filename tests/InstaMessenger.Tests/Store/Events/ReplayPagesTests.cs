using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using InstaMessenger.Store.Domain;
using InstaMessenger.Store.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Store.Events;

/// <summary>The pages of a replay are together exactly the part of the log that was asked for.</summary>
public sealed class ReplayPagesTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SetTime _clock = new(Start);
    private StoreHost _store = null!;
    private Account _shop = null!;
    private Account _cafe = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreHost.StartAsync(services => services.AddSingleton<TimeProvider>(_clock));
        _shop = await _store.LinkAsync("17841400000000000");
        _cafe = await _store.LinkAsync("17841400000000001");
        // A minute between two; every third is the café's, every fifth another type.
        await _store.UnitOfWork.ExecuteAsync(scope =>
        {
            for (var n = 1; n <= 300; n++)
            {
                _clock.Now = Start.AddMinutes(n);
                Append(scope, n % 3 == 0 ? _cafe : _shop, n % 5 == 0 ? "test.rare" : "test.happened", n == 60 ? 600_000 : 10);
            }

            return Task.CompletedTask;
        });
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(0L, "shop", null)]
    [InlineData(0L, "all", null)]
    [InlineData(100L, "cafe", "test.rare")]
    [InlineData(0L, "none", null)]
    [InlineData(299L, "shop", null)]
    [InlineData(400L, "shop", null)]
    public async Task Behind_a_sequence(long after, string accounts, string? type)
    {
        var asked = new ReadEvents("rpl_1", 1, after, null, null, null, Accounts(accounts), type is null ? null : [type]);
        (await ReadAllAsync(asked)).ShouldBe(await ExpectedAsync(
            row => row.Sequence > after && (type == null || row.Type == type), accounts));
    }

    [Theory]
    [InlineData(-60, null)]
    [InlineData(0, 300)]
    [InlineData(100, 101)]
    [InlineData(100, 250)]
    [InlineData(299, null)]
    [InlineData(1_000, null)]
    public async Task Between_two_times(int from, int? to)
    {
        var (begin, end) = (Start.AddMinutes(from), to is { } minutes ? Start.AddMinutes(minutes) : (DateTimeOffset?)null);
        (await ReadAllAsync(new ReadEvents("rpl_1", 1, null, null, begin, end, null, null)))
            .ShouldBe(await ExpectedAsync(row => row.OccurredAt >= begin && (end == null || row.OccurredAt < end), "all"));
    }

    /// <summary>What a client takes for "never" once ended every try in the store, and the replay with none.</summary>
    [Fact]
    public async Task From_the_first_moment_to_the_last_one_that_there_is() =>
        (await ReadAllAsync(new ReadEvents("rpl_1", 1, null, null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, null, null)))
            .Count.ShouldBe(300);

    /// <summary>Of this event the search for a time asks first: its time failed the replay, or led it past what was asked for.</summary>
    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task A_time_that_is_none_hides_no_other_event(long time)
    {
        await _store.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlAsync(
            $"UPDATE events SET occurred_at = {time} WHERE sequence = 151"));
        var asked = new ReadEvents("rpl_1", 1, null, null, Start.AddMinutes(100), Start.AddMinutes(299), null, null);

        (await ReadAllAsync(asked)).ShouldBe(Enumerable.Range(100, 199).Where(n => n != 151).Select(n => (long)n));
    }

    /// <summary>A list that was lost on the way is no wish for everybody's events; a crm-forwarder of before says "all" by none.</summary>
    [Theory]
    [InlineData(true, 300)]
    [InlineData(false, 0)]
    [InlineData(null, 300)]
    public async Task All_accounts_is_said_in_words(bool? all, int read) =>
        (await ReadAllAsync(new ReadEvents("rpl_1", 1, 0, null, null, null, null, null) { AllAccounts = all })).Count.ShouldBe(read);

    [Fact]
    public async Task Of_what_comes_after_the_first_page_nothing_is_told()
    {
        var asked = new ReadEvents("rpl_1", 1, 0, null, null, null, null, null);
        await using var db = _store.Read();
        var first = await ReplayPages.ReadAsync(db, asked);
        await AppendAsync(_shop, "test.happened", 10);
        (first.UpTo, first.Events.Count).ShouldBe((300, 64));
        (await ReadAllAsync(asked with { UpTo = first.UpTo, After = first.Position })).Count.ShouldBe(300 - 64);
    }

    [Fact]
    public async Task A_page_is_small_however_large_its_events_are()
    {
        await AppendAsync(_shop, "test.large", 600_000);
        await AppendAsync(_shop, "test.large", 600_000);
        await using var db = _store.Read();
        var page = await ReplayPages.ReadAsync(db, new ReadEvents("rpl_1", 1, 300, null, null, null, null, null));
        (page.Events.Count, page.Position).ShouldBe((1, 301));
        (await ReadAllAsync(new ReadEvents("rpl_1", 1, 300, null, null, null, null, null))).ShouldBe([301, 302]);
    }

    private async Task<List<long>> ReadAllAsync(ReadEvents asked)
    {
        await using var db = _store.Read();
        var sequences = new List<long>();
        for (EventsRead? page = null; page is null || page.Position < page.UpTo;)
        {
            page = await ReplayPages.ReadAsync(db, asked);
            page.Position.ShouldBeGreaterThanOrEqualTo(Math.Min(asked.After ?? 0, page.UpTo), "it goes on, so that it ends");
            sequences.AddRange(page.Events.Select(e => e.Sequence));
            asked = asked with { Page = page.Page + 1, After = page.Position, UpTo = page.UpTo };
        }

        return sequences;
    }

    private async Task<List<long>> ExpectedAsync(System.Linq.Expressions.Expression<Func<EventRow, bool>> isAsked, string accounts)
    {
        await using var db = _store.Read();
        var rows = await db.Events.Where(isAsked).OrderBy(row => row.Sequence).ToListAsync();
        return [.. rows.Where(row => Accounts(accounts)?.Contains(row.AccountId) ?? true).Select(row => row.Sequence)];
    }

    private IReadOnlyList<AccountId>? Accounts(string which) => which switch
    {
        "all" => null,
        "shop" => [_shop.Id],
        "cafe" => [_cafe.Id],
        _ => [],
    };

    private Task AppendAsync(Account account, string type, int size) => _store.UnitOfWork.ExecuteAsync(scope =>
    {
        Append(scope, account, type, size);
        return Task.CompletedTask;
    });

    private void Append(WorkScope<StoreDbContext> scope, Account account, string type, int size) =>
        _store.Services.GetRequiredService<EventLog>().Append(scope, account, null, type, new { text = new string('x', size) });

    /// <summary>
    /// The time that rows are written at. Unlike a clock that goes on, it wakes nobody: for each of three hundred minutes all workers of
    /// the store would look for what is due.
    /// </summary>
    private sealed class SetTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
