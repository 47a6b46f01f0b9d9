using InstaMessenger.Contracts;
using System.Linq.Expressions;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.Sender.Checkups;
using InstaMessenger.Sender.Data;
using InstaMessenger.Sender.Erasures;
using InstaMessenger.Sender.Graph;
using InstaMessenger.Sender.Health;
using InstaMessenger.Sender.Sending;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.IntegrationTests.Sending;

/// <summary>Two senders on one MariaDB: with two, 28 sends were out of order at Meta.</summary>
public sealed class TwoSendersTests(SharedServers servers) : IAsyncLifetime
{
    private static readonly AccountId Account = AccountId.Parse("acc_1");
    private readonly string _folder = Directory.CreateTempSubdirectory("senders-").FullName;
    private CountingGraph _graph = null!;
    private SenderProcess _one = null!;
    private SenderProcess _two = null!;

    public async ValueTask InitializeAsync()
    {
        _graph = await CountingGraph.StartAsync();
        var database = await (await servers.MariaDbAsync()).NewDatabaseAsync();
        _one = await SenderProcess.StartAsync(database, _graph.Address, _folder);
        _two = await SenderProcess.StartAsync(database, _graph.Address, _folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _graph.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Each_message_is_called_once_and_each_threads_in_order()
    {
        AccountId[] accounts = [Account, AccountId.Parse("acc_2"), AccountId.Parse("acc_3")];
        foreach (var account in accounts) await _one.LinkAsync(account, 1, "TOKEN");
        for (var number = 0; number < 10; number++)
        {
            foreach (var (account, a) in accounts.Select((account, a) => (account, a)))
            {
                var process = (number + a) % 2 == 0 ? _one : _two;
                await process.SendAsync(
                    [.. Enumerable.Range(0, 8).Select(contact => SenderProcess.Text(account, $"{a + 1}0{contact}", $"{number}"))]);
            }
        }

        await _graph.UntilAsync(240);

        foreach (var thread in _graph.Calls.GroupBy(call => call.Contact))
            thread.Select(call => call.Text).ShouldBe(Enumerable.Range(0, 10).Select(number => $"{number}"), $"the thread of {thread.Key}");
        _graph.Calls.Count.ShouldBe(240);
    }

    /// <summary>
    /// Each keeps the pace for itself, and an account's sends are one process's at a time: with both at once it would be twice the pace.
    /// </summary>
    [Fact]
    public async Task The_pace_of_an_account_holds_for_both_together()
    {
        const int PerSecond = 10;
        var slow = ("Sender:SendsPerSecond", $"{PerSecond}");
        var database = await (await servers.MariaDbAsync()).NewDatabaseAsync();
        await using var one = await SenderProcess.StartAsync(database, _graph.Address, _folder, slow);
        await using var two = await SenderProcess.StartAsync(database, _graph.Address, _folder, slow);
        await one.LinkAsync(Account, 1, "TOKEN");
        var began = TimeProvider.System.GetTimestamp();

        for (var contact = 0; contact < 40; contact++)
            await (contact % 2 == 0 ? one : two).SendAsync(SenderProcess.Text(Account, $"10{contact}", "hello"));
        await _graph.UntilAsync(40);

        // One goes at once, and one more for each time that the account changes hands.
        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromSeconds(35d / PerSecond));
    }

    /// <summary>Counted by the statement that pauses it was none: MySQL reads in an assignment what those before it have written.</summary>
    [Fact]
    public async Task The_apps_limit_that_calls_meet_together_is_one_pause_for_every_account()
    {
        await _one.LinkAsync(Account, 1, "TOKEN");
        await _one.LinkAsync(AccountId.Parse("acc_2"), 1, "TOKEN");
        var now = TimeProvider.System.GetUtcNow();

        await _one.UnitOfWork.ExecuteAsync(async scope =>
        {
            var account = await scope.Db.Accounts.SingleAsync(row => row.AccountId == Account);
            foreach (var jitter in new[] { 0, 0.5, 1 })
                await HoldBacks.ApplyAsync(scope.Db, account, null, new CallLimit("rate_limited", HoldBack.App, null), jitter, now);
        });

        await using var db = _one.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContext();
        (await db.Accounts.Select(row => row.Pauses).ToListAsync()).ShouldBe([1, 1]);
    }

    /// <summary>A health from before the change took the mark of the change with it: a dead token was told to nobody.</summary>
    [Fact]
    public async Task What_changes_an_account_while_its_health_is_judged_is_told()
    {
        await _one.LinkAsync(Account, 1, "TOKEN");
        // The first look at the account marks it too.
        await UntilAsync(row => row.CheckedAt != null);
        var worker = ActivatorUtilities.CreateInstance<HealthWorker>(_two.Services);
        var round = Task.CompletedTask;

        while (round == Task.CompletedTask)
        {
            await _one.UnitOfWork.ExecuteAsync(scope => Checkup.LookAsync(scope.Db, Account, TimeProvider.System.GetUtcNow()));
            await _one.UnitOfWork.ExecuteAsync(async scope =>
            {
                var due = await scope.Db.Set<Checkup>().ForUpdate().Where(row => row.HealthDueAt != null).CountAsync();
                // A worker of the two was faster.
                if (due == 0) return;
                round = worker.RoundAsync(CancellationToken.None);
                await UntilSomebodyWaitsAsync();
                var account = await scope.Db.Accounts.SingleAsync();
                var refusal = new CallLimit("token_invalid", HoldBack.AccountUntilNewToken, null);
                await HoldBacks.ApplyAsync(scope.Db, account, account.ProtectedToken, refusal, 0, TimeProvider.System.GetUtcNow());
            });
        }

        await round;
        await UntilAsync(row => row.Told!.Contains("token_invalid"));
    }

    /// <summary>The account was connected again, and its sends rested all the same, because another token had been refused.</summary>
    [Fact]
    public async Task A_token_that_is_refused_while_the_next_one_comes_in_holds_back_nothing()
    {
        await _one.LinkAsync(Account, 1, "TOKEN");
        // A look that is under way would have the link read again, for a reason of its own.
        await UntilAsync(row => row.CheckedAt != null);
        var linking = Task.CompletedTask;

        await _one.UnitOfWork.ExecuteAsync(async scope =>
        {
            var account = await scope.Db.Accounts.ForUpdate().SingleAsync();
            linking = _two.LinkAsync(Account, 2, "NEXT");
            await UntilSomebodyWaitsAsync();
            account.RefuseToken(account.ProtectedToken);
        });

        await linking;
        await using var db = await _one.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContextAsync();
        var now = await db.Accounts.SingleAsync();
        (now.Version, now.TokenRefused).ShouldBe((2, false));
    }

    /// <summary>The second round of an erasure looked for nobody's sends, because the end of the first one had forgotten whose.</summary>
    [Fact]
    public async Task The_end_of_one_round_of_an_erasure_is_not_the_end_of_the_next()
    {
        var contact = InstagramUserId.Parse("42");
        var first = new EraseData("era_1", 1, Account, contact, null, TimeProvider.System.GetUtcNow(), 5);
        await _one.EraseAsync(first);
        await UntilAsync<DataErasure>(row => row.DueAt == null);
        // As if it were under way still.
        var (whose, later) = ((InstagramUserId?)contact, (DateTimeOffset?)TimeProvider.System.GetUtcNow().AddHours(1));
        await _one.UnitOfWork.ExecuteAsync(scope => scope.Db.Set<DataErasure>().ExecuteUpdateAsync(
            set => set.SetProperty(row => row.ContactId, whose).SetProperty(row => row.DueAt, later)));
        Task<InstagramUserId?> second = Task.FromResult(whose);

        await _one.UnitOfWork.ExecuteAsync(async scope =>
        {
            var row = await scope.Db.Set<DataErasure>().ForUpdate().SingleAsync();
            second = _two.UnitOfWork.ExecuteAsync(BeginAsync);
            await UntilSomebodyWaitsAsync();
            row.End();
        });

        (await second).ShouldBe(contact);

        async Task<InstagramUserId?> BeginAsync(WorkScope<SenderDbContext> scope)
        {
            await _two.Services.GetRequiredService<EraseDataHandler>().HandleAsync(
                scope, [new BusItem<EraseData>("second", null, first with { Round = 2 })]);
            await scope.Db.SaveChangesAsync();
            return await scope.Db.Set<DataErasure>().AsNoTracking().Select(row => row.ContactId).SingleAsync();
        }
    }

    [Fact]
    public async Task A_process_that_was_frozen_past_its_claim_makes_no_call_when_it_wakes()
    {
        await _one.LinkAsync(Account, 1, "TOKEN");
        // Of a version that is not known yet, so that no dispatcher takes it before the account is linked again.
        await _one.SendAsync(SenderProcess.Text(Account, "42", "hello", version: 2));
        var frozen = await _one.UnitOfWork.ExecuteAsync(async scope =>
        {
            var row = await scope.Db.Ledger.SingleAsync();
            row.Claim("frozen", TimeProvider.System.GetUtcNow().AddMinutes(5));
            return ClaimedSend.Of(row, await scope.Db.Accounts.SingleAsync());
        });
        await _two.UnitOfWork.ExecuteAsync(
            scope => scope.Db.Ledger.ExecuteUpdateAsync(set => set.SetProperty(row => row.ClaimedUntil, TimeProvider.System.GetUtcNow())));
        await _two.LinkAsync(Account, 2, "TOKEN");
        await _graph.UntilAsync(1);

        await _one.Services.GetRequiredService<SendAttempt>().RunAsync(frozen, CancellationToken.None);

        _graph.Calls.ShouldHaveSingleItem();
        (await StateAsync()).ShouldBe(LedgerState.Sent);
    }

    [Fact]
    public async Task A_new_token_is_not_refused_by_an_answer_to_the_old_one_that_is_recorded_at_the_same_time()
    {
        await _one.LinkAsync(Account, 1, "OLD");
        var meets = true;

        await _one.UnitOfWork.ExecuteAsync(async scope =>
        {
            var account = await scope.Db.Accounts.SingleAsync();
            if (meets)
            {
                meets = false;
                var old = account.ProtectedToken;
                await _two.LinkAsync(Account, 2, "NEW");
                account.RefuseToken(old);
            }
        });

        await using var db = _one.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContext();
        var known = await db.Accounts.SingleAsync();
        (known.Version, known.TokenRefused).ShouldBe((2, false));
    }

    [Fact]
    public async Task The_changes_of_an_account_that_come_to_both_at_once_end_with_the_newest()
    {
        for (var version = 1; version <= 20; version += 2)
            await Task.WhenAll(
                _one.LinkAsync(Account, version + 1, $"TOKEN{version + 1}"), _two.LinkAsync(Account, version, $"TOKEN{version}"));

        await using var db = _one.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContext();
        (await db.Accounts.SingleAsync()).Version.ShouldBe(20);
    }

    [Fact]
    public async Task Tokens_that_are_due_at_both_at_once_are_refreshed_once_each_and_threads_are_read_once_by_both_together()
    {
        AccountId[] accounts = [.. Enumerable.Range(1, 12).Select(number => AccountId.Parse($"acc_{number}"))];
        foreach (var account in accounts) await _one.LinkAsync(account, 1, $"TOKEN-{account}");
        var due = TimeProvider.System.GetUtcNow();
        await _one.UnitOfWork.ExecuteAsync(
            scope => scope.Db.Set<Checkup>().ExecuteUpdateAsync(set => set.SetProperty(row => row.RefreshDueAt, due)));
        foreach (var (account, number) in accounts.Take(6).Select((account, number) => (account, number)))
        {
            await (number % 2 == 0 ? _one : _two).ReadHistoryAsync(
                new ReadHistory(account, HistoryPurpose.Import, 1, null, due, ["17841400000000001"], "shop"));
        }

        await Task.WhenAll(RefreshAsync(_one), RefreshAsync(_two));
        await _graph.ReadAsync("refresh_access_token", accounts.Length);
        await _graph.ReadAsync("conversations", 18);
        await Task.WhenAll(RefreshAsync(_one), RefreshAsync(_two));

        _graph.Reads.Where(read => read.What == "refresh_access_token").Select(read => read.Token).Order(StringComparer.Ordinal)
            .ShouldBe(accounts.Select(account => $"TOKEN-{account}").Order(StringComparer.Ordinal));
        _graph.Reads.Where(read => read.What == "conversations").GroupBy(read => read.Token)
            .ShouldAllBe(reads => reads.Select(read => read.After).SequenceEqual(new[] { "", "B", "C" }));

        static async Task RefreshAsync(SenderProcess process)
        {
            for (var round = 0; round < 3; round++)
                await process.Services.GetRequiredService<TokenWorker>().RoundAsync(Patience.Token());
        }
    }

    private async Task<LedgerState> StateAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            await using var db = _one.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContext();
            var state = (await db.Ledger.SingleAsync()).State;
            if (state != LedgerState.Claimed) return state;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    private Task UntilAsync(Expression<Func<Checkup, bool>> holds) => UntilAsync<Checkup>(holds);

    private async Task UntilAsync<T>(Expression<Func<T, bool>> holds)
        where T : class
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var db = _one.Services.GetRequiredService<IDbContextFactory<SenderDbContext>>().CreateDbContext();
        while (!await db.Set<T>().AnyAsync(holds, limit.Token))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
    }

    private async Task UntilSomebodyWaitsAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var server = await servers.MariaDbAsync();
        while (!await server.HasLockWaitAsync()) await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System, limit.Token);
    }
}
