using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests;

/// <summary>A line that is longer than a window is read by nobody, and a review of it shows half of it.</summary>
public sealed class LineLengthTests
{
    private const int Longest = 140;

    private static readonly string[] Sources = [".cs", ".ts", ".vue", ".js", ".mjs", ".css", ".sh", ".awk"];

    /// <summary>Folders of what a build or a tool has written.</summary>
    private static readonly string[] Made = ["node_modules", "dist", "wwwroot", "Migrations", "obj", "bin"];

    /// <summary>A type made of openapi.json, and catalogues of sentences: one that is cut in two is harder to translate.</summary>
    private static readonly string[] Left = ["schema.ts", "text/ar.ts", "text/de.ts", "text/en.ts", "text/later.ts"];

    [Theory]
    [InlineData("clients")]
    [InlineData("contracts")]
    [InlineData("examples")]
    [InlineData("hosting")]
    [InlineData("services")]
    [InlineData("tests")]
    [InlineData("bench")]
    [InlineData("run")]
    [InlineData("test")]
    public void No_line_of_a_source_file_is_longer_than_140(string name) =>
        FilesOf(Path.Combine(RepositoryRoot.Path, name))
            .Select(path => Path.GetRelativePath(RepositoryRoot.Path, path).Replace('\\', '/'))
            .Where(path => !Array.Exists(Left, left => path.EndsWith("/" + left, StringComparison.Ordinal)))
            .SelectMany(path => File.ReadLines(Path.Combine(RepositoryRoot.Path, path))
                .Select((line, index) => (Line: line, Place: $"{path}:{index + 1}"))
                .Where(line => line.Line.Length > Longest)
                .Select(line => line.Place))
            .ShouldBeEmpty();

    private static IEnumerable<string> FilesOf(string path) =>
        File.Exists(path) ? [path]
            : Directory.EnumerateFiles(path).Where(file => Sources.Contains(Path.GetExtension(file)))
                .Concat(Directory.EnumerateDirectories(path).Where(folder => !Made.Contains(Path.GetFileName(folder))).SelectMany(FilesOf));
}
