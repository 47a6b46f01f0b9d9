using System.Diagnostics;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>Waits for a state that nobody announces: one that is read from outside the product, like the rows of its files.</summary>
internal static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <returns>How long it took.</returns>
    public static Task<TimeSpan> TrueAsync(Func<bool> isTrue, TimeSpan atMost, Func<string> otherwise) =>
        TrueAsync(() => Task.FromResult(isTrue()), atMost, otherwise);

    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> isTrueAsync, TimeSpan atMost, Func<string> otherwise)
    {
        var clock = Stopwatch.StartNew();
        while (!await isTrueAsync())
        {
            if (clock.Elapsed > atMost) throw new TimeoutException($"Not within {atMost.TotalSeconds} s: {otherwise()}");
            await Task.Delay(Pause, TimeProvider.System);
        }

        return clock.Elapsed;
    }
}
