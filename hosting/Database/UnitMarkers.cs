using System.Globalization;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>A unit's row in <see cref="UnitMarkers.Table"/>.</summary>
/// <param name="Id">Grows with time: 32 hexadecimal digits.</param>
internal readonly record struct UnitMarker(string Id);

/// <summary>
/// Tells whether a unit was committed when its commit was never answered. Each unit writes a row of its own in the statement that commits
/// it. Whoever asks writes the same row as "not kept": either they find the unit's row, or the unit can never commit any more, because the
/// row is taken.
/// </summary>
internal sealed class UnitMarkers(Func<MySqlConnection> createConnection, TimeProvider clock)
{
    public const string Table = "unit_markers";

    /// <summary>How many units pass between two sweeps of the rows that nobody will ask for any more.</summary>
    private const int SweepEvery = 1_000;

    /// <summary>How long to ask, while the database is away; then the caller is told that nobody knows.</summary>
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private int _units;

    public UnitMarker New() => new(IdAt(clock.GetUtcNow()));

    /// <summary>Asks whether the unit is kept, on other connections until one answers.</summary>
    /// <exception cref="DatabaseUnavailableException">Nobody answered in time: it may be kept or not.</exception>
    public async Task<bool> WasCommittedAsync(UnitMarker marker, Exception cause, CancellationToken cancellationToken)
    {
        // A server that is away comes back in real time, whatever the clock of the product says.
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await AskAsync(marker, cancellationToken);
            }
            catch (Exception error) when (DatabaseErrors.IsUnavailable(error) && !cancellationToken.IsCancellationRequested)
            {
                if (TimeProvider.System.GetElapsedTime(began) > AskFor) throw new DatabaseUnavailableException(
                    "Nobody knows yet whether the unit of work was kept.", cause) { MayBeKept = true };
                await Task.Delay(AskEvery, TimeProvider.System, cancellationToken);
            }
        }
    }

    /// <summary>Removes old rows now and then; a failure is left to the next time.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _units) % SweepEvery != 0) return;
        try
        {
            await using var connection = createConnection();
            await connection.OpenAsync(cancellationToken);
            await using var command = new MySqlCommand(
                $"DELETE FROM {Table} WHERE id < '{IdAt(clock.GetUtcNow() - KeptFor)}' LIMIT "
                    + $"{(2 * SweepEvery).ToString(CultureInfo.InvariantCulture)}",
                connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception error) when (DatabaseErrors.IsUnavailable(error) || error is OperationCanceledException)
        {
            // The unit during which the sweep ran is kept all the same.
        }
    }

    /// <summary>Inserts the row. The insert waits for a unit that is still at work behind a connection that we have lost.</summary>
    private async Task<bool> AskAsync(UnitMarker marker, CancellationToken cancellationToken)
    {
        await using var connection = createConnection();
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(
            $"INSERT IGNORE INTO {Table} (id, kept) VALUES ('{marker.Id}', 0); SELECT kept FROM {Table} WHERE id = '{marker.Id}'",
            connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) == 1;
    }

    private static string IdAt(DateTimeOffset time) => Guid.CreateVersion7(time).ToString("N");
}
