using System.Diagnostics;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Hosting.Probe;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.IntegrationTests.Hosting;

/// <summary>Who may run a worker when two processes share a database.</summary>
public sealed class MariaDbLeaseTests(SharedServers servers) : ProbeSuite(servers, DatabaseKind.MariaDb, BusKind.InProcess)
{
    [Fact]
    public async Task One_process_at_a_time_has_a_lease_and_the_next_has_a_greater_token()
    {
        var host = await StartAsync();
        var (first, second) = (LeaseOf(host, TimeProvider.System), LeaseOf(host, TimeProvider.System));

        var taken = await Task.WhenAll(first.TryTakeAsync(default), second.TryTakeAsync(default));
        taken.Count(mine => mine).ShouldBe(1);
        var (holder, other) = taken[0] ? (first, second) : (second, first);
        (await other.TryTakeAsync(default)).ShouldBeFalse();
        holder.IsHeld.ShouldBeTrue();

        await holder.ReleaseAsync();
        (await other.TryTakeAsync(default)).ShouldBeTrue();
        other.Token.ShouldBeGreaterThan(holder.Token);
        holder.IsHeld.ShouldBeFalse();
        await other.ReleaseAsync();
    }

    [Fact]
    public async Task A_process_that_is_frozen_loses_its_lease_within_seconds_and_writes_nothing_when_it_wakes()
    {
        var host = await StartAsync();
        var frozenClock = new FakeTimeProvider();
        var (frozen, other) = (LeaseOf(host, frozenClock), LeaseOf(host, TimeProvider.System));
        (await frozen.TryTakeAsync(default)).ShouldBeTrue();
        await WriteFencedAsync(host, frozen, "before");

        var patience = Stopwatch.StartNew();
        while (!await other.TryTakeAsync(default)) patience.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));

        await Should.ThrowAsync<LeaseLostException>(() => WriteFencedAsync(host, frozen, "after"));
        await WriteFencedAsync(host, other, "of the other");
        frozenClock.Advance(TimeSpan.FromSeconds(5));
        frozen.IsHeld.ShouldBeFalse();
        await using var db = host.Read();
        (await db.Notes.OrderBy(note => note.Id).Select(note => note.Text).ToListAsync()).ShouldBe(["before", "of the other"]);
        await other.ReleaseAsync();
    }

    /// <summary>Each asked by itself once, so that a process that only stood by sent a hundred statements a second.</summary>
    [Fact]
    public async Task All_that_wait_for_a_lease_learn_by_one_statement_a_second_whose_it_is()
    {
        var host = await StartAsync();
        var contexts = host.Services.GetRequiredService<IDbContextFactory<ProbeDbContext>>();
        var (clock, asked) = (new FakeTimeProvider(), 0);
        using var held = new HeldLeases(Count, clock);
        var (holder, waiting) = (LeaseOf(host, clock, held), LeaseOf(host, clock, held));
        (await holder.TryTakeAsync(default)).ShouldBeTrue();

        for (var time = 0; time < 10; time++) (await waiting.IsElsewhereAsync(default)).ShouldBeTrue();
        (await holder.IsElsewhereAsync(default)).ShouldBeFalse();
        (await held.OwnerOfAsync("another", default)).ShouldBeNull();
        asked.ShouldBe(1);
        // A row that nobody could read, of a worker that is none of these.
        await host.UnitOfWork.ExecuteAsync(scope => scope.Db.Database.ExecuteSqlRawAsync(
            "INSERT INTO leases (name, owner, token, expires_at) VALUES ('rotten', '', 0, 9223372036854775807)"));

        await holder.ReleaseAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        (await waiting.IsElsewhereAsync(default)).ShouldBeFalse();
        asked.ShouldBe(2);

        DbContext Count()
        {
            asked++;
            return contexts.CreateDbContext();
        }
    }

    /// <summary>Each was renewed by itself once: twenty durable commits a second of a process that did nothing.</summary>
    [Fact]
    public async Task All_that_a_process_holds_are_renewed_together_and_one_whose_unit_is_under_way_keeps_no_other_waiting()
    {
        var host = await StartAsync();
        var contexts = host.Services.GetRequiredService<IDbContextFactory<ProbeDbContext>>();
        var (clock, asked) = (new FakeTimeProvider(), 0);
        using var renewals = new LeaseRenewals(Count, clock, NullLogger.Instance);
        var leases = Array.ConvertAll(["busy", "free", "idle"], name => LeaseOf(host, clock, renewals: renewals, name: name));
        foreach (var lease in leases) (await lease.TryTakeAsync(default)).ShouldBeTrue();
        var before = await ExpiriesAsync(host);

        clock.Advance(TimeSpan.FromSeconds(1.5));
        await UntilRenewedAsync("busy", "free", "idle");
        asked.ShouldBe(1);

        var (fenced, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var unit = host.UnitOfWork.ExecuteAsync(async scope =>
        {
            await scope.FenceAsync(leases[0]);
            fenced.TrySetResult();
            await end.Task;
        });
        await fenced.Task;
        before = await ExpiriesAsync(host);
        clock.Advance(TimeSpan.FromSeconds(1.5));
        await UntilRenewedAsync("free", "idle");
        await UntilAsync(() => Task.FromResult(Volatile.Read(ref asked) == 3));
        clock.Advance(TimeSpan.FromSeconds(3.5));
        leases.Select(lease => lease.IsHeld).ShouldBe([false, true, true]);

        end.SetResult();
        await unit;
        await UntilRenewedAsync("busy");
        await UntilAsync(() => Task.FromResult(leases[0].IsHeld));

        DbContext Count()
        {
            Interlocked.Increment(ref asked);
            return contexts.CreateDbContext();
        }

        Task UntilRenewedAsync(params string[] names) => UntilAsync(
            async () => await ExpiriesAsync(host) is var now && Array.TrueForAll(names, name => now[name] > before[name]));
    }

    [Fact]
    public async Task A_lease_that_is_given_back_while_it_is_being_renewed_is_free()
    {
        var host = await StartAsync();
        var contexts = host.Services.GetRequiredService<IDbContextFactory<ProbeDbContext>>();
        var clock = new FakeTimeProvider();
        using var renewals = new LeaseRenewals(contexts.CreateDbContext, clock, NullLogger.Instance);
        var lease = LeaseOf(host, clock);
        (await lease.TryTakeAsync(default)).ShouldBeTrue();
        await using var db = host.Read();
        var row = await db.Set<LeaseRow>().SingleAsync(found => found.Name == lease.Name);
        var hold = new LeaseHold(lease.Name, row.Owner, lease.Token, clock.GetTimestamp());
        renewals.Add(hold);
        await lease.ReleaseAsync();

        clock.Advance(TimeSpan.FromSeconds(1.5));
        await UntilAsync(() => Task.FromResult(!hold.IsHeld(clock)));

        (await ExpiriesAsync(host))[lease.Name].ShouldBe(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task Two_processes_on_one_database_publish_each_row_once()
    {
        var handled = new HandledLog();
        var hosts = await Task.WhenAll(StartAsync(handled: handled), StartAsync(handled: handled));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(batch => hosts[batch % 2].PublishAsync(batch * 10, 10)));
        await handled.UntilHandledAsync(ProbeQueues.Single, 200);
        await hosts[0].PublishAsync(200, 1);
        await handled.UntilHandledAsync(ProbeQueues.Single, 201);

        handled.NumbersOf(ProbeQueues.Single).Order().ShouldBe(Enumerable.Range(0, 201).Select(number => (long)number));
    }

    [Fact]
    public async Task A_relay_marks_its_rows_while_another_unit_is_still_writing_its_own()
    {
        var host = await StartAsync();
        var (written, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = host.UnitOfWork.ExecuteAsync(async scope =>
        {
            scope.Publish(ProbeQueues.ForOne(1));
            await scope.Db.SaveChangesAsync();
            written.TrySetResult();
            await end.Task;
        });
        await written.Task;

        await host.PublishAsync(2, 1);
        await BusSuite.UntilOutboxIsEmptyAsync(host);

        slow.IsCompleted.ShouldBeFalse();
        end.SetResult();
        await slow;
        await host.Handled.UntilHandledAsync(ProbeQueues.Single, 2);
    }

    private static SharedLease LeaseOf(
        ProbeHost host, TimeProvider clock, HeldLeases? held = null, LeaseRenewals? renewals = null, string name = "probe")
    {
        var contexts = host.Services.GetRequiredService<IDbContextFactory<ProbeDbContext>>();
        return new SharedLease(
            name,
            contexts.CreateDbContext,
            held ?? new HeldLeases(contexts.CreateDbContext, clock),
            renewals ?? new LeaseRenewals(contexts.CreateDbContext, clock, NullLogger.Instance),
            clock,
            NullLogger.Instance);
    }

    private static async Task<Dictionary<string, DateTimeOffset>> ExpiriesAsync(ProbeHost host)
    {
        await using var db = host.Read();
        return await db.Set<LeaseRow>().ToDictionaryAsync(row => row.Name, row => row.ExpiresAt);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSoAsync)
    {
        var patience = Stopwatch.StartNew();
        while (!await isSoAsync()) patience.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    private static Task WriteFencedAsync(ProbeHost host, SharedLease lease, string text) => host.UnitOfWork.ExecuteAsync(async scope =>
    {
        await scope.FenceAsync(lease);
        scope.Db.Add(new Note { Text = text });
    });
}
