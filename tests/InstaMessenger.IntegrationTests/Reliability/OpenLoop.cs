using System.Diagnostics;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>
/// A driver with a fixed rate of arrival: it never waits for an answer before the next call, as the world does not. One that waited would
/// ask less of a product that stalls, and so hide the stall.
/// </summary>
internal static class OpenLoop
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <param name="perSecond">Calls started each second.</param>
    /// <param name="until">No call is started after its end.</param>
    /// <param name="act">The call; is given numbers from 0.</param>
    /// <returns>How many were made, when the last of them has ended.</returns>
    public static async Task<int> RunAsync(double perSecond, Task until, Func<int, Task> act)
    {
        var clock = Stopwatch.StartNew();
        var calls = new List<Task>();
        while (!until.IsCompleted)
        {
            for (var due = (int)(clock.Elapsed.TotalSeconds * perSecond); calls.Count < due;)
            {
                var number = calls.Count;
                calls.Add(Task.Run(() => act(number)));
            }

            await Task.Delay(Tick, TimeProvider.System);
        }

        await Task.WhenAll(calls);
        return calls.Count;
    }
}
