using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Store.Data;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Store.Outbound;

/// <summary>Waits for what Meta says to a send.</summary>
internal sealed class Verdicts(
    SendWaiters waiters, IDbContextFactory<StoreDbContext> factory, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    /// <summary>A verdict may reach another replica, which cannot wake this one.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Begins to wait; before the send is committed, so that no verdict is missed.</summary>
    public SendWait Begin(IReadOnlyList<MessageId> messages) => waiters.Begin(messages);

    /// <summary>
    /// Returns the newest answer: a settled one, or what is known when the wait is over or would be in vain, the client is gone, the
    /// database is away or this process was told to stop: cut off in the middle of a wait, the client would not know whether its message
    /// was taken.
    /// </summary>
    public async Task<SendAnswer> WaitAsync(SendWait waiting, SendAnswer answer, TimeSpan atMost, CancellationToken aborted)
    {
        var (began, end) = (clock.GetTimestamp(), clock.GetUtcNow() + atMost);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        List<MessageId> ids = [.. answer.Messages.Select(part => part.MessageId)];
        try
        {
            while (!answer.IsSettledUntil(end) && atMost - clock.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
            {
                await waiting.SleepAsync(left < LookEvery ? left : LookEvery, clock, ends.Token);
                await using var db = await factory.CreateDbContextAsync(ends.Token);
                answer = await MessageReading.AnswerAsync(db, ids, ends.Token) ?? answer;
            }
        }
        catch (Exception error) when (error is OperationCanceledException || DatabaseErrors.IsUnavailable(error))
        {
            // The wait ends here; the send is accepted and goes on without us.
        }

        return answer;
    }
}
