using InstaMessenger.Hosting.Workers;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Workers;

public sealed class WakeSignalTests
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly WakeSignal _signal = new();

    [Fact]
    public async Task Who_is_woken_while_they_work_does_not_sleep_and_sleeps_the_next_time()
    {
        _signal.Wake();
        _signal.Wake();

        await SleepAsync();
        var next = SleepAsync();

        next.IsCompleted.ShouldBeFalse();
        _signal.Wake();
        await next.WaitAsync(Patience.Long, TimeProvider.System);
    }

    [Fact]
    public async Task Nobody_sleeps_longer_than_they_want_to()
    {
        var sleep = SleepAsync();

        _clock.Advance(AtMost - TimeSpan.FromMilliseconds(1));
        sleep.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await sleep.WaitAsync(Patience.Long, TimeProvider.System);
        SleepAsync().IsCompleted.ShouldBeFalse("the end of one sleep ended the next");
    }

    [Fact]
    public async Task A_sleep_that_is_cancelled_ends_with_an_exception_and_leaves_the_signal_as_it_was()
    {
        using var stop = new CancellationTokenSource();
        var sleep = SleepAsync(stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => sleep.WaitAsync(Patience.Long, TimeProvider.System));
        SleepAsync().IsCompleted.ShouldBeFalse();
    }

    private Task SleepAsync(CancellationToken cancellationToken = default) => _signal.SleepAsync(AtMost, _clock, cancellationToken);
}
