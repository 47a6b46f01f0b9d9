namespace InstaMessenger.Hosting.Workers;

/// <summary>Ends work by its token.</summary>
public static class Cancellation
{
    /// <summary>
    /// Cancels, and passes by what listeners throw: MySqlConnector's does when its connection is cut in this moment, and the end of the
    /// process must not stop there. A timer (<c>CancelAfter</c>) has nobody who could pass it by, and would end the process at once; so no
    /// token that reaches a database is cancelled by one.
    /// </summary>
    /// <param name="source">What is cancelled.</param>
    /// <returns>Completes when all listeners were called.</returns>
    public static async Task EndAsync(this CancellationTokenSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        await source.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
