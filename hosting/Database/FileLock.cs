namespace InstaMessenger.Hosting.Database;

/// <summary>
/// Held as long as a process owns a SQLite file. A second process on the same file would relay every message twice and take
/// orphaned work of the first for its own, so it refuses to start. The kernel lets go when the process dies, however it dies.
/// </summary>
public sealed class FileLock : IDisposable
{
    /// <summary>EWOULDBLOCK: .NET has the system's own number for an error without a type of its own.</summary>
    private const int Taken = 11;

    private readonly FileStream _file;

    /// <summary>Takes the lock of <paramref name="databasePath"/>.</summary>
    /// <param name="databasePath">The database file; the lock lies beside it.</param>
    /// <exception cref="InvalidOperationException">Another process owns the file, or the lock cannot be made.</exception>
    public FileLock(string databasePath)
    {
        try
        {
            _file = new FileStream(databasePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                error.HResult == Taken
                    ? $"Another process uses {databasePath}; stop it or set Data:Directory to another folder."
                    : $"Data:Directory: the lock of {databasePath} cannot be taken: {error.Message}",
                error);
        }
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _file.Dispose();
}
