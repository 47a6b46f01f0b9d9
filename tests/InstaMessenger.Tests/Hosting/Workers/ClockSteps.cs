using System.Diagnostics;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Hosting.Workers;

/// <summary>Moves a clock until something has happened, whenever the sleeper got to its sleep.</summary>
internal static class ClockSteps
{
    public static async Task AdvanceUntilAsync(this FakeTimeProvider clock, Task task)
    {
        var patience = Stopwatch.StartNew();
        while (!task.IsCompleted)
        {
            patience.Elapsed.ShouldBeLessThan(Patience.Long);
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        await task;
    }
}
