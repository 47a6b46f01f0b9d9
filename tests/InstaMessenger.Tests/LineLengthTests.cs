using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests;

/// <summary>A line that is longer than a window is read by nobody, and a review of it shows half of it.</summary>
public sealed class LineLengthTests
{
    private const int Longest = 140;

    [Theory]
    [InlineData("clients")]
    [InlineData("contracts")]
    [InlineData("examples")]
    [InlineData("hosting")]
    [InlineData("services")]
    [InlineData("tests")]
    public void No_line_of_a_source_file_is_longer_than_140(string folder) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(RepositoryRoot.Path, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/Migrations/", StringComparison.Ordinal))
            .SelectMany(path => File.ReadLines(Path.Combine(RepositoryRoot.Path, path))
                .Select((line, index) => (Line: line, Place: $"{path}:{index + 1}"))
                .Where(line => line.Line.Length > Longest)
                .Select(line => line.Place))
            .ShouldBeEmpty();
}
