using System.Text.RegularExpressions;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests;

/// <summary>A newcomer follows the README and the docs file by file; a file that was renamed would be a dead end.</summary>
public sealed partial class DocsTests
{
    private static readonly string Root = RepositoryRoot.Path;

    private static readonly HashSet<string> Files =
        [.. Directory.EnumerateFiles(Root, "*.*", SearchOption.AllDirectories)
            .Select(path => "/" + Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/artifacts/", StringComparison.Ordinal))];

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/connect.md")]
    [InlineData("docs/crm-integration.md")]
    [InlineData("docs/events.md")]
    [InlineData("docs/extending.md")]
    [InlineData("docs/inbox.md")]
    [InlineData("docs/instagram.md")]
    [InlineData("docs/message-states.md")]
    [InlineData("docs/mirror.md")]
    [InlineData("docs/operations.md")]
    [InlineData("docs/performance.md")]
    [InlineData("docs/sending.md")]
    public async Task Every_source_file_that_a_document_names_exists(string document)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Root, document), TestContext.Current.CancellationToken);

        var missing = SourceFile().Matches(text).Select(match => match.Value).Where(name => !Exists(name)).ToList();

        missing.ShouldBeEmpty();
    }

    /// <summary>A key on a command line can be read by everybody who lists processes; <c>-H @file</c> keeps it off.</summary>
    [Fact]
    public async Task No_line_to_paste_has_a_credential_on_its_command_line()
    {
        var wrong = new List<string>();
        foreach (var file in Files.Where(file => file is "/run" or "/README.md" || PastedFrom().IsMatch(file)))
        {
            var text = await File.ReadAllTextAsync(Root + file, TestContext.Current.CancellationToken);
            wrong.AddRange(CredentialArgument().Matches(text).Select(match => $"{file}: {match.Value}"));
        }

        Files.ShouldContain("/run");
        Files.Count(file => PastedFrom().IsMatch(file)).ShouldBeGreaterThan(20);
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_type_in_the_READMEs_trace_has_a_file_of_its_name()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Root, "README.md"), TestContext.Current.CancellationToken);
        var begin = readme.IndexOf("## Follow a message", StringComparison.Ordinal);
        var end = readme.IndexOf("## Where things live", StringComparison.Ordinal);
        var trace = readme[begin..end];

        var types = TypeName().Matches(trace).Select(match => match.Value).ToList();

        types.Count.ShouldBeGreaterThan(10);
        types.Where(type => !Exists(type + ".cs")).ShouldBeEmpty();
    }

    /// <summary>The document of the inbox says which test holds each fault of other inboxes.</summary>
    [Fact]
    public async Task Every_test_that_the_inboxs_document_names_is_there()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Root, "docs/inbox.md"), TestContext.Current.CancellationToken);
        var rows = text[text.IndexOf("## What it must not do", StringComparison.Ordinal)..].Split('\n')
            .Where(line => FaultRow().IsMatch(line)).ToList();
        var folder = Path.Combine(Root, "tests/InstaMessenger.IntegrationTests/Inbox");
        var browser = string.Concat(Directory.GetFiles(folder, "*.cs").Select(File.ReadAllText));

        var named = rows.SelectMany(row => TestName().Matches(row)).Select(match => match.Value).ToHashSet();

        rows.Count.ShouldBe(51);
        rows.ShouldAllBe(row => TestName().IsMatch(row));
        named.Where(name => !(name.EndsWith(".ts", StringComparison.Ordinal)
            ? File.Exists(Path.Combine(Root, "services/ui-gateway/web", name))
            : browser.Contains($" {name}(", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private static bool Exists(string name) => Files.Any(path => path.EndsWith("/" + name, StringComparison.Ordinal));

    [GeneratedRegex(
        @"^/(docs|clients/\w+|examples)/(?!.*node_modules).*\.md$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PastedFrom();

    [GeneratedRegex(@"(-H|--header)[ =]?[""']?Authorization:.{0,20}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CredentialArgument();

    [GeneratedRegex(@"(?<=`)[\w./-]+\.cs(?=`)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"^\| \d+ \|", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex FaultRow();

    [GeneratedRegex(@"(?<=`)(?:[A-Z]\w+_\w+|src/[\w/.-]+\.test\.ts)(?=`)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TestName();

    [GeneratedRegex(@"(?<=`)[A-Z][a-z]+[A-Z]\w+(?=`)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TypeName();
}
