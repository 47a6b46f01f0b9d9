using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Hosting.Media;

/// <summary>
/// Where files are kept, for all processes that are told of the same place. A file is there as a whole or not at all, whenever a process
/// dies; writing one again replaces it.
/// </summary>
public interface IMediaStore
{
    /// <summary>Writes a file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="content">Read to its end. When that fails, nothing is kept.</param>
    /// <param name="cancellationToken">Gives up; nothing is kept then.</param>
    /// <returns>How many bytes it has, once they are durable.</returns>
    Task<long> WriteAsync(MediaFile file, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens a file. It can be read from any place, but only without blocking.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its bytes, from the beginning; null when there is no such file.</returns>
    Task<Stream?> OpenAsync(MediaFile file, CancellationToken cancellationToken);

    /// <summary>Removes a file. One that is not there is no error.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes once it is gone.</returns>
    Task DeleteAsync(MediaFile file, CancellationToken cancellationToken);

    /// <summary>Lists the files. One that is written or removed meanwhile may be listed or not.</summary>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <returns>Each file and when it was written (UTC).</returns>
    IAsyncEnumerable<StoredFile> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes what writes left behind that never ended.</summary>
    /// <param name="before">Only what was begun before this time (UTC): later ones may be under way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many such remains there were.</returns>
    Task<int> RemoveRemainsAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>A file that is there.</summary>
/// <param name="File">Its name.</param>
/// <param name="WrittenAt">When it was written (UTC).</param>
public readonly record struct StoredFile(MediaFile File, DateTimeOffset WrittenAt);
