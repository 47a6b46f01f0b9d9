using System.Runtime.CompilerServices;
using InstaMessenger.Contracts.Ids;

namespace InstaMessenger.Hosting.Media;

/// <summary>Files in a folder, in 256 folders below it. Written beside their place, then renamed: so none is ever half there.</summary>
internal sealed class FolderMediaStore(string root) : IMediaStore
{
    private const string Unfinished = ".part";
    private const int BufferBytes = 64 * 1024;

    public async Task<long> WriteAsync(MediaFile file, Stream content, CancellationToken cancellationToken)
    {
        var path = PathOf(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Two processes may write the same file at once, each to a place of its own.
        var beside = $"{path}.{Path.GetRandomFileName()}{Unfinished}";
        try
        {
            long size;
            await using (var part = new FileStream(
                beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true))
            {
                await content.CopyToAsync(part, BufferBytes, cancellationToken);
                await part.FlushAsync(cancellationToken);
                part.Flush(flushToDisk: true);
                size = part.Length;
            }

            File.Move(beside, path, overwrite: true);
            return size;
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    public Task<Stream?> OpenAsync(MediaFile file, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(
                PathOf(file), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, useAsync: true));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public Task DeleteAsync(MediaFile file, CancellationToken cancellationToken)
    {
        try
        {
            File.Delete(PathOf(file));
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing of its folder was ever written.
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var found in Files())
        {
            cancellationToken.ThrowIfCancellationRequested();
            // What is not named like ours is not ours, and is left alone.
            if (MediaFile.TryParse(found.Name, out var file)) yield return new StoredFile(file, WrittenAt(found));
        }

        await Task.CompletedTask;
    }

    public Task<int> RemoveRemainsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var found in Files().Where(found => found.Name.EndsWith(Unfinished, StringComparison.Ordinal)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (WrittenAt(found) >= before) continue;
            found.Delete();
            removed++;
        }

        return Task.FromResult(removed);
    }

    private static DateTimeOffset WrittenAt(FileInfo file) => new(file.LastWriteTimeUtc, TimeSpan.Zero);

    private IEnumerable<FileInfo> Files() => new DirectoryInfo(root).EnumerateFiles(
        "med_*",
        new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, AttributesToSkip = FileAttributes.ReparsePoint });

    private string PathOf(MediaFile file) => Path.Combine(root, file.Value[4..6], file.Value);
}
