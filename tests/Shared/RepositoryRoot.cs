namespace InstaMessenger.Tests.Shared;

/// <summary>The folder around the tests that holds the solution.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>A file or folder of the repository.</summary>
    public static string Of(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "InstaMessenger.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("No repository around the tests.");
        return folder.FullName;
    }
}
