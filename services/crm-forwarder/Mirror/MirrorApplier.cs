using System.Globalization;
using InstaMessenger.Contracts.Events;
using InstaMessenger.Hosting.Database;
using MySqlConnector;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>
/// Applies what the store answered, in one transaction with the place up to which the mirror then is. Whoever applies holds the row of that
/// place, so of two processes the second one finds that its page is not the next one any more, and drops it.
/// </summary>
internal sealed partial class MirrorApplier(MirrorDatabase database, ILogger<MirrorApplier> logger)
{
    private const int MostOver = 10_000;

    /// <summary>Erasures that were applied for good: they are told again for a while, and have nothing left to erase.</summary>
    private readonly HashSet<string> _over = [];

    /// <summary>Where the mirror stands.</summary>
    public async Task<MirrorPlace> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await MirrorDatabase.ReadAsync(connection, null, cancellationToken);
    }

    /// <summary>Applies an answer.</summary>
    /// <returns>Where the mirror stands then. An answer that is not the next one changes nothing.</returns>
    /// <exception cref="MirrorRefusedException">The log is not the one of which the mirror was made.</exception>
    public async Task<MirrorPlace> ApplyAsync(MirrorRead read, CancellationToken cancellationToken)
    {
        try
        {
            return await ApplyAsync(read, oneByOne: false, cancellationToken);
        }
        catch (Exception error) when (BlamesWork(error))
        {
            // One of them does not fit, and must not keep back the others; or none does, because somebody altered a table meanwhile.
            database.CheckAgain();
            return await ApplyAsync(read, oneByOne: true, cancellationToken);
        }
    }

    private async Task<MirrorPlace> ApplyAsync(MirrorRead read, bool oneByOne, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var place = await MirrorDatabase.ReadAsync(connection, transaction, cancellationToken);
        if (place.Sequence != read.After) return place;
        var sql = new MirrorSql(connection, transaction, cancellationToken);
        if (place.Sequence is not { } after || read.Oldest > after + 1)
        {
            if (place.Sequence is not null) LogExpired(logger, place.Sequence.Value, read.Oldest);
            else LogFills(logger, read.Head);
            await sql.RunAsync(
                "DELETE FROM insta_fills; INSERT INTO insta_fills (account_id, began_sequence, conversation_id, sent_at, message) "
                + "VALUES ('', @0, NULL, 0, 0)",
                read.Head);
        }
        else
        {
            RefuseAnotherLog(read, place);
            var fill = read.Filled is { } filled && filled.From == place.Fill ? filled : null;
            await WriteAsync(sql, read, fill, oneByOne);
            if (fill is not null) await MoveAsync(sql, fill);
        }

        var moved = place with
        {
            Sequence = read.Position, LastSequence = read.Position, LastEventId = read.PositionId, UpdatedAt = read.ReadAt,
        };
        await sql.RunAsync(
            "UPDATE insta_mirror SET sequence = @0, last_sequence = @0, last_event_id = @1, updated_at = @2 WHERE id = 1",
            moved.Sequence,
            moved.LastEventId?.Value,
            read.ReadAt.UtcDateTime);
        moved = moved with { Fill = (await MirrorDatabase.ReadAsync(connection, transaction, cancellationToken)).Fill };
        await transaction.CommitAsync(cancellationToken);
        if (_over.Count > MostOver) _over.Clear();
        foreach (var erasure in read.Erasures.Where(erasure => erasure.IsOver)) _over.Add(erasure.ErasureId);
        return moved;
    }

    /// <summary>Tells whether the log is the one of which the mirror was made: its event at that place has the same id.</summary>
    private static void RefuseAnotherLog(MirrorRead read, MirrorPlace place)
    {
        var isKnown = place.LastSequence <= read.Head && (place.LastEventId is null || read.Last is null || read.Last == place.LastEventId);
        if (place.Sequence <= read.Head && isKnown) return;
        throw new MirrorRefusedException(string.Create(
            CultureInfo.InvariantCulture,
            $"The mirror was filled up to sequence {place.LastSequence} of another event log: of another installation, or of this one "
            + $"before its database was restored. To fill it from this one, set insta_mirror.sequence to NULL."));
    }

    private async Task WriteAsync(MirrorSql sql, MirrorRead read, Filled? fill, bool oneByOne)
    {
        var page = new MirrorPage();
        foreach (var told in read.Events) await AddAsync(made => made.Add(told), told.Sequence);
        foreach (var thread in fill?.Conversations ?? []) await AddAsync(made => made.AddConversation(thread, read.Head), read.Head);
        foreach (var message in fill?.Messages ?? []) await AddAsync(made => made.AddMessage(message, read.Head), read.Head);
        if (!oneByOne) await MirrorWriter.WriteAsync(sql, page);

        var erasures = new MirrorPage();
        foreach (var erasure in read.Erasures.Where(erasure => !_over.Contains(erasure.ErasureId))) erasures.Add(erasure, read.Head);
        if (erasures.Changes.Count > 0) await MirrorWriter.WriteAsync(sql, erasures);

        async Task AddAsync(Action<MirrorPage> add, long sequence)
        {
            var part = oneByOne ? new MirrorPage() : page;
            try
            {
                add(part);
            }
            catch (Exception error)
            {
                // Nobody can make more of it, whatever is wrong with it. The log says what it was, and no word of what it says.
                Skip(error.GetType().Name, sequence);
            }

            if (oneByOne) await TryWriteAsync(sql, part, sequence);
        }
    }

    private async Task TryWriteAsync(MirrorSql sql, MirrorPage part, long sequence)
    {
        await sql.RunAsync("SAVEPOINT item");
        try
        {
            await MirrorWriter.WriteAsync(sql, part);
        }
        catch (Exception error) when (BlamesWork(error))
        {
            await sql.RunAsync("ROLLBACK TO SAVEPOINT item");
            Skip(error is MySqlException refused ? refused.ErrorCode.ToString() : error.GetType().Name, sequence);
        }
    }

    /// <summary>Moves the fill on. At its end what it did not find is not in the product any more.</summary>
    private async Task MoveAsync(MirrorSql sql, Filled fill)
    {
        var account = fill.From.AccountId?.Value ?? "";
        if (fill.Next is { } next)
        {
            await sql.RunAsync(
                "UPDATE insta_fills SET conversation_id = @1, sent_at = @2, message = @3 WHERE account_id = @0",
                account,
                next.ConversationId?.Value,
                next.SentAt,
                next.Message);
            return;
        }

        foreach (var table in MirrorSchema.Rows)
        {
            await sql.RunAsync(
                $"DELETE t FROM {table.Name} AS t JOIN insta_fills AS f ON f.account_id = @0 "
                + $"WHERE t.sequence < f.began_sequence{(account.Length == 0 ? "" : " AND t.account_id = @0")}",
                account);
        }

        await sql.RunAsync("DELETE FROM insta_fills WHERE account_id = @0", account);
        LogFilled(logger, account.Length == 0 ? "all accounts" : account);
    }

    /// <summary>Whether what is written is at fault, and neither the database nor a decision.</summary>
    private static bool BlamesWork(Exception error) =>
        error is not (MirrorRefusedException or OperationCanceledException) && !DatabaseErrors.IsUnavailable(error);

    private void Skip(string error, long sequence)
    {
        MirrorMetrics.Skip();
        LogSkipped(logger, sequence, error);
    }

    [LoggerMessage(
        EventName = "mirror.fills", Level = LogLevel.Information,
        Message = "The CRM's mirror is filled with what there is; events follow behind {Sequence}")]
    private static partial void LogFills(ILogger logger, long sequence);

    [LoggerMessage(
        EventName = "mirror.expired", Level = LogLevel.Warning,
        Message = "The CRM's mirror stands at {Sequence}, and the event log begins at {Oldest}: it is filled anew with what there is")]
    private static partial void LogExpired(ILogger logger, long sequence, long oldest);

    [LoggerMessage(EventName = "mirror.filled", Level = LogLevel.Information, Message = "The CRM's mirror has everything of {Accounts}")]
    private static partial void LogFilled(ILogger logger, string accounts);

    [LoggerMessage(
        EventName = "mirror.skipped", Level = LogLevel.Error,
        Message = "The CRM's mirror leaves out what the event {Sequence} tells, or what was filled at it: {Error}")]
    private static partial void LogSkipped(ILogger logger, long sequence, string error);
}
