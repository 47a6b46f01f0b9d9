using InstaMessenger.Contracts;

namespace InstaMessenger.Hosting.Bus;

/// <summary>
/// Puts the bundles of one consumer back into the broker's order, and handles those that wait together as one, up to 128 items. A consumer
/// that is behind then needs one transaction instead of one for each small bundle, and falls no further behind. The broker numbers what it
/// hands out from 1 without a gap.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class BundleLane<T>
{
    private const int MostItems = 128;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Turn> _waiting = [];
    private readonly HashSet<ulong> _left = [];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _next = 1;
    private bool _runs;
    private bool _ends;

    /// <summary>Handles a bundle once all before it are handled or have left.</summary>
    /// <param name="number">Its number from the broker. One that failed may come again under it.</param>
    /// <param name="turn">The bundle.</param>
    /// <returns>Completes when the bundle is handled; fails with whatever the handling of it, or of those beside it, raised.</returns>
    public Task HandleAsync(ulong number, Turn turn)
    {
        lock (_gate) _waiting[number] = turn;
        _ = RunAsync();
        return turn.Done.Task;
    }

    /// <summary>Lets go of a bundle that goes back or away, handled or not: those behind it wait for it no longer.</summary>
    public void Leave(ulong number)
    {
        lock (_gate)
        {
            _waiting.Remove(number);
            if (number < _next) return;
            _left.Add(number);
            while (_left.Remove(_next)) _next++;
        }

        _ = RunAsync();
    }

    /// <summary>Completes when what waits for its turn never gets it.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Lets go of what waits; none begins any more.</summary>
    public void LetGo()
    {
        _ = EndAsync();
        _gone.TrySetResult();
    }

    /// <summary>Begins nothing more.</summary>
    /// <returns>Completes when what is being handled is.</returns>
    public Task EndAsync()
    {
        lock (_gate)
        {
            _ends = true;
            if (!_runs) _idle.TrySetResult();
        }

        return _idle.Task;
    }

    private async Task RunAsync()
    {
        while (TryTake() is { } turns)
        {
            try
            {
                await turns[0].HandleAsync([.. turns.SelectMany(turn => turn.Items)]);
                Rest((ulong)turns.Count);
                foreach (var turn in turns) turn.Done.SetResult();
            }
            catch (Exception error)
            {
                // They keep their numbers, so nothing overtakes them while they wait to come again.
                Rest(0);
                foreach (var turn in turns) turn.Done.SetException(error);
            }
        }
    }

    private void Rest(ulong done)
    {
        lock (_gate)
        {
            (_next, _runs) = (_next + done, false);
            if (_ends) _idle.TrySetResult();
        }
    }

    private List<Turn>? TryTake()
    {
        lock (_gate)
        {
            if (_runs || _ends || !_waiting.Remove(_next, out var first)) return null;
            _runs = true;
            var (turns, items) = (new List<Turn> { first }, first.Items.Count);
            while (_waiting.TryGetValue(_next + (ulong)turns.Count, out var next) && (items += next.Items.Count) <= MostItems)
            {
                _waiting.Remove(_next + (ulong)turns.Count);
                turns.Add(next);
            }

            return turns;
        }
    }

    /// <summary>One bundle and what handles it.</summary>
    /// <param name="HandleAsync">Handles them, and those of the bundles behind it.</param>
    internal sealed record Turn(IReadOnlyList<BusItem<T>> Items, Func<IReadOnlyList<BusItem<T>>, Task> HandleAsync)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
