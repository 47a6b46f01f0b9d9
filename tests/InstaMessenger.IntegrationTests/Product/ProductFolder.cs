namespace InstaMessenger.IntegrationTests.Product;

/// <summary>
/// The data and the logs of one product. Removed at the end, unless a test failed: then the logs are what one wants to read.
/// </summary>
internal sealed class ProductFolder(string name) : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory($"instamessenger-{name}-");

    /// <summary>Keeps the folder.</summary>
    public bool Keep { get; set; }

    /// <summary>The one file of this name, in whichever folder a process keeps it.</summary>
    public string Find(string file) => Directory.EnumerateFiles(_root.FullName, file, SearchOption.AllDirectories).Single();

    /// <summary>The files whose names fit, in whichever folder a process keeps them.</summary>
    public IEnumerable<string> All(string pattern) => Directory.EnumerateFiles(_root.FullName, pattern, SearchOption.AllDirectories);

    public string Logs => Of("logs");

    public string Of(string name) => Directory.CreateDirectory(Path.Combine(_root.FullName, name)).FullName;

    public void Dispose()
    {
        if (!Keep) _root.Delete(recursive: true);
    }
}
