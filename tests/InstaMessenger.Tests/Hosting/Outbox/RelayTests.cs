using System.Diagnostics;
using System.Threading.Channels;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Logs;
using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Hosting.Workers;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Outbox;

public sealed class RelayTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Source _source = new();
    private readonly Bus _bus = new();

    [Fact]
    public async Task Rows_that_were_confirmed_but_not_marked_are_published_again_under_the_same_ids()
    {
        _source.Add(384);
        // Killed while it marks. One that has only published would mark, by the rule of the next one, what the next one is to find.
        var marking = new TaskCompletionSource();
        _source.Mark = _ =>
        {
            marking.SetResult();
            return new TaskCompletionSource().Task;
        };
        using (var killed = NewRelay())
        {
            await killed.StartAsync(CancellationToken.None);
            await marking.Task.WaitAsync(Patience.Long);
        }

        var first = _bus.Published.ToList();
        _bus.Published.Clear();
        _source.Mark = _source.Remove;
        using var next = NewRelay();
        await next.StartAsync(CancellationToken.None);
        await _source.UntilEmptyAsync();

        _bus.Published.Select(published => published.MessageId).ShouldBe(first.Select(published => published.MessageId));
        _bus.Published.SelectMany(published => published.ItemIds).ShouldBe(first.SelectMany(published => published.ItemIds));
        _bus.Published.SelectMany(published => published.ItemIds).ShouldBe(Enumerable.Range(1, 384).Select(id => $"source-{id}"));
    }

    [Fact]
    public async Task A_mark_that_fails_is_tried_again_without_publishing_again()
    {
        _source.Add(1);
        var failed = new TaskCompletionSource();
        var attempts = 0;
        _source.Mark = rows =>
        {
            if (++attempts > 2) return _source.Remove(rows);
            if (attempts == 2) failed.SetResult();
            throw new TimeoutException("the database is away");
        };
        using var relay = NewRelay();
        await relay.StartAsync(CancellationToken.None);
        await AdvanceUntilAsync(failed.Task);
        await AdvanceUntilAsync(_source.UntilEmptyAsync());

        _bus.Published.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_stop_waits_for_the_confirms_of_the_round_and_marks_it()
    {
        _source.Add(1);
        var confirm = new TaskCompletionSource();
        _bus.Confirm = _ => confirm.Task;
        using var relay = NewRelay();
        await relay.StartAsync(CancellationToken.None);
        await _bus.UntilPublishedAsync(1);

        var stopping = relay.StoppingAsync(CancellationToken.None);
        stopping.IsCompleted.ShouldBeFalse();
        confirm.SetResult();
        await stopping;
        await relay.StopAsync(CancellationToken.None);

        _source.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_publish_that_fails_leaves_its_rows_and_is_tried_again()
    {
        _source.Add(250);
        var refused = new TaskCompletionSource();
        _bus.Confirm = ids =>
        {
            if (refused.Task.IsCompleted || ids[0] != "source-129") return Task.CompletedTask;
            refused.SetResult();
            throw new InvalidOperationException("nacked");
        };
        using var relay = NewRelay();
        await relay.StartAsync(CancellationToken.None);
        await AdvanceUntilAsync(refused.Task);
        await AdvanceUntilAsync(_source.UntilEmptyAsync());

        _bus.Published.Select(published => published.ItemIds[0]).ShouldBe(["source-1", "source-129", "source-129"]);
    }

    [Fact]
    public async Task A_bundle_is_published_only_after_the_confirm_of_the_one_before()
    {
        _source.Add(250);
        var confirm = new TaskCompletionSource();
        _bus.Confirm = ids => ids[0] == "source-1" ? confirm.Task : Task.CompletedTask;
        using var relay = NewRelay();
        await relay.StartAsync(CancellationToken.None);
        await _bus.UntilPublishedAsync(1);
        _bus.Published.Count.ShouldBe(1);

        confirm.SetResult();
        await _source.UntilEmptyAsync();

        _bus.Published.Select(published => published.ItemIds[0]).ShouldBe(["source-1", "source-129"]);
    }

    [Fact]
    public async Task A_row_that_fails_for_any_other_reason_is_overtaken_by_none_however_long_it_takes()
    {
        _source.Add(5);
        var attempts = 0;
        // As the in-process bus fails while the handler's database is away, now for one row and now for another.
        _bus.Confirm = ids =>
            ids.Contains("source-1") && ++attempts < 100 ? throw new InvalidOperationException("away") : Task.CompletedTask;
        using var relay = NewRelay();
        await relay.StartAsync(CancellationToken.None);
        await AdvanceUntilAsync(_source.UntilEmptyAsync());

        _source.SetAside.ShouldBeEmpty();
        _bus.Confirmed.ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_set_aside_and_those_behind_it_go_on()
    {
        _source.Add(3);
        _source.Spoil(2);
        using var relay = NewRelay();
        await relay.StartAsync(CancellationToken.None);
        await AdvanceUntilAsync(_source.UntilEmptyAsync());

        _source.SetAside.ShouldBe([2]);
        _bus.Confirmed.ShouldBe([1, 3]);
    }

    [Fact]
    public async Task A_relay_that_was_frozen_past_its_lease_publishes_only_what_it_had_in_flight_and_marks_nothing()
    {
        _source.Add(250);
        var lease = new Leased();
        _source.Lease = lease;
        _source.Mark = rows => lease.IsHeld ? _source.Remove(rows) : throw new LeaseLostException("source");
        var confirm = new TaskCompletionSource();
        _bus.Confirm = _ => confirm.Task;
        using var relay = NewRelay();
        await relay.StartAsync(CancellationToken.None);
        await _bus.UntilPublishedAsync(1);

        // Frozen here, and thawed when another process has the lease.
        lease.IsHeld = false;
        confirm.SetResult();
        await AdvanceUntilAsync(lease.AskedAgain.Task);

        _bus.Published.Select(published => published.ItemIds[0]).ShouldBe(["source-1"]);
        _source.IsEmpty.ShouldBeFalse();
    }

    private WorkerLoop<Relay<Source>> NewRelay() => new(
        new Relay<Source>(
            _source,
            _bus,
            _clock,
            NullLogger<Relay<Source>>.Instance),
        new WorkerStatuses(_clock),
        new Outage(_ => false),
        _clock,
        NullLogger<Relay<Source>>.Instance);

    private sealed class Leased : ILease
    {
        public string Name => "source";

        public bool IsHeld { get; set; } = true;

        public long Token => 1;

        public TaskCompletionSource AskedAgain { get; } = new();

        public Task<bool> IsElsewhereAsync(CancellationToken cancellationToken) => Task.FromResult(false);

        public Task<bool> TryTakeAsync(CancellationToken cancellationToken)
        {
            AskedAgain.TrySetResult();
            return Task.FromResult(false);
        }

        public Task ReleaseAsync() => Task.CompletedTask;
    }


    private async Task AdvanceUntilAsync(Task task)
    {
        var patience = Stopwatch.StartNew();
        while (!task.IsCompleted)
        {
            patience.Elapsed.ShouldBeLessThan(Patience.Long);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await task;
    }

    private sealed class Source : IRelaySource
    {
        private readonly Lock _gate = new();
        private readonly List<RelayRow> _rows = [];
        private TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Source() => Mark = Remove;

        public Func<IReadOnlyList<RelayRow>, Task> Mark { get; set; }

        public bool IsEmpty => _empty.Task.IsCompleted;

        public string Name => "source";

        public WakeSignal Signal { get; } = new();

        public ILease? Lease { get; set; }

        public List<long> SetAside { get; } = [];

        public Task SetAsideAsync(RelayRow row)
        {
            SetAside.Add(row.Id);
            return Task.CompletedTask;
        }

        public void Spoil(int id)
        {
            lock (_gate) _rows[id - 1] = RelayRow.CannotBeRead(id, "broken");
        }

        public void Add(int count)
        {
            lock (_gate)
            {
                _rows.AddRange(Enumerable.Range(_rows.Count + 1, count)
                    .Select(id => new RelayRow(id, new WebhookReceived([1], DateTimeOffset.UnixEpoch), null, 1)));
            }

            _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public Task UntilEmptyAsync() => _empty.Task.WaitAsync(Patience.Long);

        public Task Remove(IReadOnlyList<RelayRow> rows)
        {
            lock (_gate)
            {
                _rows.RemoveAll(rows.Contains);
                if (_rows.Count == 0) _empty.TrySetResult();
            }

            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<RelayRow>> ReadAsync(int limit, CancellationToken cancellationToken)
        {
            lock (_gate) return Task.FromResult<IReadOnlyList<RelayRow>>([.. _rows.Take(limit)]);
        }

        public Task MarkAsync(IReadOnlyList<RelayRow> published, CancellationToken cancellationToken) => Mark(published);
    }

    private sealed class Bus : IBusPublisher
    {
        private readonly Channel<bool> _published = Channel.CreateUnbounded<bool>();

        public List<(Guid MessageId, IReadOnlyList<string> ItemIds)> Published { get; } = [];

        public List<long> Confirmed { get; } = [];

        public Func<IReadOnlyList<string>, Task> Confirm { get; set; } = _ => Task.CompletedTask;

        public bool IsRemote => true;

        public async Task PublishAsync(object bundle, Guid messageId, CancellationToken cancellationToken)
        {
            var ids = ((Bundle<WebhookReceived>)bundle).Items.Select(item => item.Id).ToList();
            lock (Published) Published.Add((messageId, ids));
            _published.Writer.TryWrite(true);
            await Confirm(ids);
            lock (Published) Confirmed.AddRange(ids.Select(id => long.Parse(id["source-".Length..])));
        }

        public async Task UntilPublishedAsync(int count)
        {
            for (var i = 0; i < count; i++) await _published.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);
        }
    }
}
