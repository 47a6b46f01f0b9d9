using System.Diagnostics;
using System.Threading.Channels;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Hosting.Workers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Outbox;

public sealed class RelayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _clock = new();
    private readonly Source _source = new();
    private readonly Bus _bus = new();

    [Fact]
    public async Task Rows_that_were_confirmed_but_not_marked_are_published_again_under_the_same_ids()
    {
        _source.Add(384);
        _source.Mark = _ => new TaskCompletionSource().Task;
        using (var killed = NewRelay())
        {
            await killed.StartAsync(CancellationToken.None);
            await _bus.UntilPublishedAsync(3);
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

    private Relay<Source> NewRelay() => new(_source, _bus, _clock, NullLogger<Relay<Source>>.Instance);

    private async Task AdvanceUntilAsync(Task task)
    {
        var patience = Stopwatch.StartNew();
        while (!task.IsCompleted)
        {
            patience.Elapsed.ShouldBeLessThan(Patience);
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

        public void Add(int count)
        {
            lock (_gate) _rows.AddRange(Enumerable.Range(_rows.Count + 1, count).Select(id => new RelayRow(id, new WebhookReceived([1], DateTimeOffset.UnixEpoch), null, 1)));
            _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public Task UntilEmptyAsync() => _empty.Task.WaitAsync(Patience);

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

        public Func<IReadOnlyList<string>, Task> Confirm { get; set; } = _ => Task.CompletedTask;

        public bool IsRemote => true;

        public Task PublishAsync(object bundle, Guid messageId, CancellationToken cancellationToken)
        {
            var ids = ((Bundle<WebhookReceived>)bundle).Items.Select(item => item.Id).ToList();
            lock (Published) Published.Add((messageId, ids));
            _published.Writer.TryWrite(true);
            return Confirm(ids);
        }

        public async Task UntilPublishedAsync(int count)
        {
            for (var i = 0; i < count; i++) await _published.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        }
    }
}
