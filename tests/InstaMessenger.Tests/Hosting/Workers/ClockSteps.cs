using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Workers;

/// <summary>Moves a clock until something has happened, whenever the sleeper got to its sleep.</summary>
internal static class ClockSteps
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task AdvanceUntilAsync(this FakeTimeProvider clock, Task task)
    {
        var patience = Stopwatch.StartNew();
        while (!task.IsCompleted)
        {
            patience.Elapsed.ShouldBeLessThan(Patience);
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        await task;
    }
}
