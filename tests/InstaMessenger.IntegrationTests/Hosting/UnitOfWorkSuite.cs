using System.Diagnostics;
using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Hosting.Probe;
using InstaMessenger.IntegrationTests.Reliability;
using InstaMessenger.Tests.Shared;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.IntegrationTests.Hosting;

/// <summary>What a unit of work promises, on every database.</summary>
public abstract class UnitOfWorkSuite(SharedServers servers, DatabaseKind database) : ProbeSuite(servers, database, BusKind.InProcess)
{
    /// <summary>
    /// Contexts for reading are used again: what one reader leaves behind, the next one, of another tenant, must not find.
    /// </summary>
    [Fact]
    public async Task Whoever_reads_finds_nothing_of_the_one_before()
    {
        var host = await StartAsync(consumes: false);
        await host.WriteNotesAsync(["kept"]);
        DbContext before;
        await using (var db = host.Read())
        {
            before = db;
            db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.TrackAll;
            db.Database.SetCommandTimeout(TimeSpan.FromMinutes(1));
            await db.Database.BeginTransactionAsync();
            db.Add(new Note { Text = "never committed" });
            await db.SaveChangesAsync();
        }

        // A worker of the host may have it for a moment.
        var others = new List<ProbeDbContext>();
        await Until.TrueAsync(IsThereAgain, Patience.Long, () => "it is never used again");

        var again = others[^1];
        again.ChangeTracker.Entries().ShouldBeEmpty();
        again.ChangeTracker.QueryTrackingBehavior.ShouldBe(QueryTrackingBehavior.NoTracking);
        again.Database.CurrentTransaction.ShouldBeNull();
        again.Database.GetCommandTimeout().ShouldNotBe(60);
        again.Database.GetDbConnection().State.ShouldBe(System.Data.ConnectionState.Closed);
        (await again.Notes.SingleAsync()).Text.ShouldBe("kept");
        foreach (var db in others) await db.DisposeAsync();

        bool IsThereAgain()
        {
            others.Add(host.Read());
            return ReferenceEquals(others[^1], before);
        }
    }

    [Fact]
    public async Task Hooks_run_in_order_after_the_commit()
    {
        var host = await StartAsync();
        var seen = new List<string>();

        await host.UnitOfWork.ExecuteAsync(scope =>
        {
            scope.AfterCommit(() => seen.Add($"first sees {CountNotes(host)}"));
            scope.AfterCommit(() => seen.Add($"second sees {CountNotes(host)}"));
            scope.Db.Add(new Note { Text = "kept" });
            return Task.CompletedTask;
        });

        seen.ShouldBe(["first sees 1", "second sees 1"]);
    }

    [Fact]
    public async Task A_hook_that_throws_costs_nothing()
    {
        var host = await StartAsync();
        var second = false;

        await host.UnitOfWork.ExecuteAsync(scope =>
        {
            scope.AfterCommit(() => throw new InvalidOperationException("a hook"));
            scope.AfterCommit(() => second = true);
            scope.Db.Add(new Note { Text = "kept" });
            return Task.CompletedTask;
        });

        second.ShouldBeTrue();
        CountNotes(host).ShouldBe(1);
    }

    [Fact]
    public async Task A_unit_that_fails_fails_alone_and_leaves_nothing()
    {
        var host = await StartAsync();
        await host.WriteNotesAsync(["taken"]);
        var hooks = 0;

        var units = Enumerable.Range(0, 90).Select(i => host.UnitOfWork.ExecuteAsync(async scope =>
        {
            scope.AfterCommit(() => Interlocked.Increment(ref hooks));
            scope.Db.Add(new Note { Text = $"note {i}" });
            if (i % 3 == 2) return;
            await scope.Db.SaveChangesAsync();
            // On SQLite the transaction begins anew after each that fails: the first of all, and those behind good ones, which run again.
            if (i % 3 == 0) throw new InvalidOperationException("the unit's own fault");
            scope.Db.Add(new Note { Text = "taken" });
        })).ToList();
        await Task.WhenAll(units.Select(unit => unit.ContinueWith(_ => { }, TaskScheduler.Default)));

        for (var i = 0; i < units.Count; i++)
        {
            if (i % 3 == 2) units[i].IsCompletedSuccessfully.ShouldBeTrue();
            else if (i % 3 == 0) units[i].Exception!.InnerException.ShouldBeOfType<InvalidOperationException>();
            else units[i].Exception!.InnerException.ShouldBeOfType<DbUpdateException>();
        }

        await using var db = host.Read();
        (await db.Notes.Select(note => note.Text).ToListAsync()).ShouldBe(
            [.. Enumerable.Range(0, 30).Select(i => $"note {i * 3 + 2}"), "taken"], ignoreOrder: true);
        hooks.ShouldBe(30);
    }

    [Fact]
    public async Task What_a_failed_unit_left_in_its_context_is_not_there_for_the_next()
    {
        var host = await StartAsync();
        await host.WriteNotesAsync(["before"]);

        await Should.ThrowAsync<InvalidOperationException>(() => host.UnitOfWork.ExecuteAsync(scope =>
        {
            scope.Db.Remembered.Add("left over");
            scope.Db.Add(new Note { Text = "left over" });
            throw new InvalidOperationException("the unit's own fault");
        }));

        (await host.UnitOfWork.ExecuteAsync(scope => Task.FromResult(scope.Db.Remembered.Count + scope.Db.ChangeTracker.Entries().Count())))
            .ShouldBe(0);
        CountNotes(host).ShouldBe(1);
    }

    [Fact]
    public async Task Sixty_four_units_that_meet_in_one_row_all_take_effect()
    {
        var host = await StartAsync();
        await host.UnitOfWork.ExecuteAsync(scope => Task.FromResult(scope.Db.Add(new Counter { Name = "hot" })));

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => host.UnitOfWork.ExecuteAsync(async scope =>
        {
            var counter = await scope.Db.Counters.SingleAsync(row => row.Name == "hot");
            counter.Value++;
        })));

        await using var db = host.Read();
        (await db.Counters.SingleAsync()).Value.ShouldBe(64);
    }

    [Fact]
    public async Task Units_that_all_make_the_same_row_make_it_once()
    {
        var host = await StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => host.UnitOfWork.ExecuteAsync(async scope =>
        {
            if (!await scope.Db.Notes.AnyAsync(note => note.Text == "the one")) scope.Db.Add(new Note { Text = "the one" });
        })));

        CountNotes(host).ShouldBe(1);
    }

    [Fact]
    public async Task A_unit_that_was_taken_back_does_nothing()
    {
        var host = await StartAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => host.UnitOfWork.ExecuteAsync(
            scope => Task.FromResult(scope.Db.Add(new Note { Text = "never" })), cancelled.Token));

        CountNotes(host).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_unit_gives_back_is_given_to_its_caller()
    {
        var host = await StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => host.UnitOfWork.ExecuteAsync(_ => Task.FromResult(i))));

        answers.ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public async Task Texts_are_told_apart_by_case_and_keep_every_character()
    {
        var host = await StartAsync();

        await host.WriteNotesAsync(["aWdfZAG", "aWdfZAg", "Grüße 👋", "Grüsse 👋"]);

        await using var db = host.Read();
        (await db.Notes.OrderBy(note => note.Id).Select(note => note.Text).ToListAsync())
            .ShouldBe(["aWdfZAG", "aWdfZAg", "Grüße 👋", "Grüsse 👋"]);
        (await db.Notes.CountAsync(note => note.Text == "AWDFZAG")).ShouldBe(0);
    }

    [Fact]
    public async Task Texts_are_equal_only_when_their_bytes_are()
    {
        string[] nearEqual =
        [
            "name",
            "Name",
            "NAME",
            "n\u00e4me",
            "na\u0308me",
            "nam\u00e9",
            "name ",
            "name  ",
            " name",
            "name\t",
            "name\n",
            "name\u00a0",
            "na\u200bme",
            "name\u200d",
            "\uff4e\uff41\uff4d\uff45",
            "stra\u00dfe",
            "strasse",
            "\u212a",
            "k",
            "K",
            "\u0131",
            "i",
            "I",
            "\u0130",
            "\U0001F44B",
            "\U0001F44B\U0001F3FB",
            "a\\b",
            "a\\\\b",
            "a'b",
            "a\"b",
            "%",
            "_",
            "",
        ];
        var host = await StartAsync();

        foreach (var text in nearEqual) await host.WriteNotesAsync([text]);

        await using var db = host.Read();
        foreach (var text in nearEqual)
            (await db.Notes.Where(note => note.Text == text).Select(note => note.Text).ToListAsync()).ShouldBe([text]);
        (await db.Notes.Select(note => note.Text).Distinct().CountAsync()).ShouldBe(nearEqual.Length);
    }

    [Fact]
    public async Task Small_units_of_64_writers_are_measured()
    {
        var host = await StartAsync();
        const int PerWriter = 25;
        var clock = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(async writer =>
        {
            for (var i = 0; i < PerWriter; i++) await host.WriteNotesAsync([$"{writer} {i}"]);
        }));

        TestContext.Current.SendDiagnosticMessage(
            $"units of work, {GetType().Name}, 64 writers, one insert each: {64 * PerWriter / clock.Elapsed.TotalSeconds:N0}/s");
        CountNotes(host).ShouldBe(64 * PerWriter);
    }

    internal static int CountNotes(ProbeHost host)
    {
        using var db = host.Read();
        return db.Notes.Count();
    }
}
