namespace InstaMessenger.Tests;

/// <summary>A folder that goes with its test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("instamessenger-").FullName;

    public void Dispose()
    {
        // Pooled connections would keep the files open.
        SqlitePools.Clear(Path);
        Directory.Delete(Path, recursive: true);
    }
}
