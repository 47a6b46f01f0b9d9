using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// One kill that meets several things half way at once: a process that starts costs more than all of them. What lasts begins by itself;
/// what is over in a moment begins when all that lasts is half way.
/// </summary>
internal sealed class SharedKill
{
    private readonly TaskCompletionSource _lastingIsHalfWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<Task> _killAsync;
    private readonly int _lasting;
    private readonly int _all;
    private int _halfWay;

    private SharedKill(Func<Task> killAsync, int lasting, int all)
    {
        (_killAsync, _lasting, _all) = (killAsync, lasting, all);
        if (lasting == 0) _lastingIsHalfWay.SetResult();
    }

    /// <summary>Ends when each of the things has seen what it wants to see after the kill.</summary>
    /// <param name="product">Whose process is killed, and started again.</param>
    /// <param name="process">Which.</param>
    /// <param name="lasting">Things that stay half way for some seconds; each says when it is (<see cref="HalfWayAsync"/>).</param>
    /// <param name="brief">Things that are over in a moment; each waits for it as well (<see cref="MomentAsync"/>).</param>
    public static async Task MeetAsync(
        IProduct product, string process, Func<SharedKill, Task>[] lasting, Func<SharedKill, Task>[] brief)
    {
        var kill = new SharedKill(KillAsync, lasting.Length, lasting.Length + brief.Length);
        await Task.WhenAll([.. lasting.Concat(brief).Select(PlayAsync)]);

        async Task KillAsync()
        {
            await product.KillAsync(process);
            await product.StartAsync(process);
        }

        async Task PlayAsync(Func<SharedKill, Task> thing)
        {
            try
            {
                await thing(kill);
            }
            catch
            {
                // The others would wait for one that never comes, and theirs is not the failure to show.
                kill._lastingIsHalfWay.TrySetCanceled();
                kill._over.TrySetCanceled();
                throw;
            }
        }
    }

    /// <summary>Waits until all that lasts is half way.</summary>
    public Task MomentAsync() => _lastingIsHalfWay.Task.WaitAsync(Patience.Long);

    /// <summary>Says that one of the things is half way; ends when the process was killed and is ready again.</summary>
    public async Task HalfWayAsync()
    {
        var halfWay = Interlocked.Increment(ref _halfWay);
        if (halfWay == _lasting) _lastingIsHalfWay.TrySetResult();
        if (halfWay == _all)
        {
            await _killAsync();
            _over.TrySetResult();
        }

        await _over.Task.WaitAsync(Patience.Long);
    }
}
