using System.Diagnostics;
using System.Text.RegularExpressions;
using InstaMessenger.Simulator.Records;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>The lines of docs/crm-integration.md, typed into one shell in the repository's folder, as a developer does.</summary>
internal sealed partial class Guide : IAsyncDisposable
{
    private readonly Process _shell;
    private readonly Task _reading;
    private readonly RecordLog<string> _said = new(int.MaxValue);
    private int _lines;

    private Guide(Process shell)
    {
        _shell = shell;
        _reading = ReadAsync();
    }

    /// <summary>All that the shell and what it started said, for a test that failed.</summary>
    public string Said => string.Join('\n', _said.All);

    public static Guide Begin(IReadOnlyDictionary<string, string> variables)
    {
        // A session of its own: when the tests end, however that is, the pipe is closed, and the shell takes along what it started.
        const string typed =
            "trap 'kill -9 0' EXIT; exec 2>&1; while IFS= read -r line; do eval \"$line\" < /dev/null; code=$?; done";
        var start = new ProcessStartInfo("setsid", ["bash", "-c", typed])
        {
            WorkingDirectory = RepositoryRoot.Path, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return new Guide(Process.Start(start)!);
    }

    /// <summary>The lines to be run, each with the number of its section: those of every language, and those of this one.</summary>
    public static IReadOnlyList<(int Section, string Line)> Lines(string language)
    {
        var text = File.ReadAllText(RepositoryRoot.Of("docs", "crm-integration.md"));
        return
        [
            .. from block in Block().Matches(text)
               where block.Groups["of"].Value is var of && (of.Length == 0 || of == language)
               let section = int.Parse(Heading().Matches(text[..block.Index])[^1].Value)
               from line in block.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
               select (section, line),
        ];
    }

    /// <summary>Types a line and waits until the prompt would be back.</summary>
    /// <returns>What was said meanwhile.</returns>
    public async Task<string> TypeAsync(string line)
    {
        var (from, end) = (_said.All.Count, $"=== {++_lines}: ");
        await _shell.StandardInput.WriteLineAsync($"{line}\necho; echo \"{end}$code\"");
        await _shell.StandardInput.FlushAsync();
        var code = (await _said.WaitForAsync(said => said.StartsWith(end, StringComparison.Ordinal), 1, Patience.Long))[0][end.Length..];
        code.ShouldBe("0", $"{line}\n{Said}");
        return string.Join('\n', _said.All.Skip(from));
    }

    /// <summary>Waits until something was said so often, by whatever the shell started.</summary>
    public Task HearAsync(string words, int times) =>
        _said.WaitForAsync(said => said.StartsWith(words, StringComparison.Ordinal), times, Patience.Long);

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync(Patience.Token());
        await _reading;
        _shell.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _shell.StandardOutput.ReadLineAsync() is { } line) _said.Add(line);
    }

    [GeneratedRegex(
        @"^```bash *(?<of>\w*)\n(?<lines>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<=^## )\d+(?=\. )", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();
}
