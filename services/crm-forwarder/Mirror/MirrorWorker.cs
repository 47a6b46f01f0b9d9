using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>
/// Keeps the CRM's mirror: asks the store for what comes next, and applies it. A tap like any other, behind a cursor that stands in the
/// mirror itself; while the CRM's database is away nothing is asked for, and the log waits.
/// </summary>
internal sealed class MirrorWorker(
    MirrorDatabase database, MirrorApplier applier, MirrorAsks asks, TakeMirrorRead taken, MirrorHealth health, MirrorSignal signal)
    : Worker
{
    /// <summary>
    /// How many times as long as the last page took the mirror rests before it asks for the next one. So in a flood, in which each page
    /// takes long, the processor is the messages', and the mirror catches up behind it.
    /// </summary>
    private const int RestTimes = 8;

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(3);

    /// <summary>How long events are gathered when the mirror has everything.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(500);

    /// <summary>Under load each bundle of events wakes the worker, also while it waits for a page.</summary>
    private static readonly TimeSpan BetweenWakes = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WhileRefused = TimeSpan.FromSeconds(15);

    /// <summary>When this process last asked, in real time: what it spares is the processor's.</summary>
    private long? _askedAt;

    /// <summary>Whether the last page was refused. A read that succeeds says nothing about that.</summary>
    private bool _isRefused;

    /// <summary>Whether events came since the last question.</summary>
    private bool _isBehind;

    public override string Name => "crm-forwarder.mirror";

    /// <summary>Also how soon it is seen that somebody set the mirror back.</summary>
    public override TimeSpan Interval => TimeSpan.FromSeconds(10);

    public override WakeSignal Signal => signal;

    public override async Task<NextRound> RoundAsync(CancellationToken cancellationToken)
    {
        // In this order: the question of a page that comes in between is open then.
        var read = taken.Take();
        var open = await asks.OpenAsync(cancellationToken);
        if (read is not null && read.Ask == open)
        {
            // Another process may have asked; then only what is done here is known.
            var began = _askedAt ?? TimeProvider.System.GetTimestamp();
            _askedAt = null;
            return await ApplyAsync(read, began, cancellationToken);
        }

        if (open is not null)
        {
            // Another process may have asked, or this one before the events came that woke it now.
            _isBehind = true;
            return NextRound.Within(LookAgain).NotSoonerThan(BetweenWakes);
        }

        return await TryAsync(
            async () =>
            {
                var place = await applier.ReadAsync(cancellationToken);
                return () => AskAsync(place, cancellationToken);
            },
            null,
            cancellationToken);
    }

    private async Task<NextRound> AskAsync(MirrorPlace place, CancellationToken cancellationToken)
    {
        (_isBehind, _askedAt) = (false, TimeProvider.System.GetTimestamp());
        await asks.AskAsync(place, cancellationToken);
        return NextRound.WhenWoken;
    }

    private Task<NextRound> ApplyAsync(MirrorRead read, long began, CancellationToken cancellationToken) => TryAsync(
        async () =>
        {
            var place = await applier.ApplyAsync(read, cancellationToken);
            return () => GoOnAsync(read, place, began, cancellationToken);
        },
        read.Ask,
        cancellationToken);

    private async Task<NextRound> GoOnAsync(MirrorRead read, MirrorPlace place, long began, CancellationToken cancellationToken)
    {
        var isComplete = await asks.AppliedAsync(read.Ask, place, read.Head, cancellationToken);
        var rest = RestTimes * TimeProvider.System.GetElapsedTime(began);
        if (rest > LongestRest) rest = LongestRest;
        return isComplete && !_isBehind
            ? NextRound.WhenWoken.NotSoonerThan(rest > Gather ? rest : Gather)
            : NextRound.Now.NotSoonerThan(rest);
    }

    /// <summary>Does something in the CRM's database, and then something in ours. Only the former may be away.</summary>
    private async Task<NextRound> TryAsync(Func<Task<Func<Task<NextRound>>>> there, long? ask, CancellationToken cancellationToken)
    {
        Func<Task<NextRound>> here;
        try
        {
            here = await there();
            _isRefused &= ask is null;
            if (!_isRefused) health.Well();
        }
        catch (Exception error) when (MirrorRefusedException.Of(error) is { } refused)
        {
            _isRefused |= ask is not null;
            health.Refused(refused);
            return await WaitAsync(WhileRefused);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && DatabaseErrors.IsUnavailable(error))
        {
            health.Away(error.GetBaseException().Message);
            return await WaitAsync(WhileAway);
        }

        return await here();

        async Task<NextRound> WaitAsync(TimeSpan time)
        {
            // The tables are looked at again, and what was read is not kept: it may be erased meanwhile.
            database.CheckAgain();
            if (ask is not null) await asks.DropAsync(ask.Value, cancellationToken);
            return NextRound.Within(time).NotSoonerThan(time);
        }
    }
}
