using System.Text.Json;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Bus;

/// <summary>Keeps an item that cannot be handled: as a dead letter, or, when the database refuses even that, in a file.</summary>
internal sealed partial class SetAside<TContext>(
    IUnitOfWork<TContext> unitOfWork, SetAsideFiles<TContext> files, TimeProvider clock, ILogger<SetAside<TContext>> logger)
    where TContext : ServiceDbContext
{
    /// <summary>An item counts as bad when it fails again after this time: the first failure may have had a cause that passed.</summary>
    private static readonly TimeSpan TriedAgainAfter = TimeSpan.FromMinutes(1);

    /// <summary>Keeps an item.</summary>
    /// <param name="queue">Where it came from.</param>
    /// <param name="error">What its handler threw.</param>
    /// <param name="cause">What seems to be at fault.</param>
    /// <param name="atAnyCost">Whether the database takes other work, so that a row that it refuses becomes a file.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="DatabaseUnavailableException">The database is away; nothing was kept.</exception>
    public async Task KeepAsync<T>(
        string queue, BusItem<T> item, Exception error, DeadLetterCause cause, bool atAnyCost, CancellationToken cancellationToken)
    {
        var letter = DeadLetter.Of(
            queue,
            typeof(T).Name,
            item.Id,
            JsonSerializer.SerializeToUtf8Bytes(item.Body, BusJson.Options),
            item.TraceParent,
            DeadLetter.Reason(error),
            clock);
        letter.TryAgain(cause, clock.GetUtcNow() + TriedAgainAfter);
        try
        {
            await unitOfWork.ExecuteAsync(scope => AddAsync(scope.Db, letter), cancellationToken);
        }
        catch (Exception refusal) when (atAnyCost || !DatabaseErrors.IsUnavailable(refusal))
        {
            // It can be neither handled nor set aside as a row, and those behind it must go on.
            await files.WriteAsync(letter, cancellationToken);
            LogKeptAsFile(logger, refusal, queue, item.Id);
        }

        Metrics.DeadLettered(queue);
        LogDeadLettered(logger, error, queue, item.Id);
    }

    /// <summary>
    /// Adds a dead letter unless it is there: after a crash a bundle can come again whose bad item was set aside already.
    /// </summary>
    public static async Task AddAsync(TContext db, DeadLetter letter)
    {
        if (!await db.Set<DeadLetter>().AnyAsync(row => row.Queue == letter.Queue && row.ItemId == letter.ItemId)) db.Add(letter);
    }

    [LoggerMessage(
        EventName = "message.dead_lettered", Level = LogLevel.Error,
        Message = "{Queue}: {ItemId} failed alone and was set aside; GET /api/v1/dead-letters lists it")]
    private static partial void LogDeadLettered(ILogger logger, Exception error, string queue, string itemId);

    [LoggerMessage(
        EventName = "message.kept_as_file", Level = LogLevel.Critical,
        Message = "{Queue}: the database does not even take the dead letter of {ItemId}; it is kept in Data:Directory/set-aside "
            + "until it does")]
    private static partial void LogKeptAsFile(ILogger logger, Exception error, string queue, string itemId);
}
