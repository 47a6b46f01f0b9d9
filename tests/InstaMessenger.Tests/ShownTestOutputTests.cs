using System.Diagnostics;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests;

/// <summary>What <c>./test</c> shows of a run: thousands of lines of logs of tests that passed hid what had failed.</summary>
public sealed class ShownTestOutputTests
{
    private const string Logs = """
        info: Microsoft.Hosting.Lifetime[14]
              Now listening on: http://127.0.0.1:5000
                Information: a text that the store wrote
        fail: Microsoft.AspNetCore.Server.Kestrel[13]
              Connection id "0HN", Request id "0HN": An unhandled exception was thrown.
              System.InvalidOperationException: broken
                 at Some.Place()
           at Some.Other.Place()
            Information
        {"LogLevel":"Error","Message":"   "}
        Ok, passed 100 tests.
        """;

    [Fact]
    public async Task A_run_that_passes_shows_its_names_and_figures_and_no_log() => (await ShowAsync(
        $"""
          Starting:    InstaMessenger.Tests
        {Logs}
            [D::InstaMessenger.Tests] R2: broker frozen: 0 lost
        {Logs}
        === TEST EXECUTION SUMMARY ===
           InstaMessenger.Tests  Total: 2, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.000s
        """)).ShouldBe(
        [
            "    R2: broker frozen: 0 lost",
            "   InstaMessenger.Tests  Total: 2, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 1.000s",
        ]);

    [Fact]
    public async Task What_failed_is_shown_whole_with_its_log()
    {
        const string Failure = """
                InstaMessenger.Tests.Some.Test(what: "broker") [FAIL]
                  Shouldly.ShouldAssertException : 1
                      should be
                  2
                  Stack Trace:
                    tests/Some.cs(1,0): at Some.Test()
                  Output:
                    Information: what its service said
            """;

        (await ShowAsync($"{Logs}\n{Failure}\n    Some.Other.Test [SKIP]\n      no Docker here\n{Logs}"))
            .ShouldBe([.. Failure.Split('\n'), "    Some.Other.Test [SKIP]", "      no Docker here"]);
    }

    [Fact]
    public async Task A_runner_that_crashes_is_shown_to_its_end() =>
        (await ShowAsync($"{Logs}\nUnhandled exception. System.OutOfMemoryException\n   at Some.Place()\n"))
            .ShouldBe(["Unhandled exception. System.OutOfMemoryException", "   at Some.Place()"]);

    [Fact]
    public async Task What_failed_is_named_once_more_at_the_end_with_what_it_said_and_was_warned_of() => (await RunAsync("failed.awk", """
        <assemblies><assembly passed="1" failed="2"><test name="Some.Good" type="Some" result="Pass" />\
        <test name="Some.Test(what: &quot;broker&quot;)" time="1.5" result="Fail"><failure><message><![CDATA[Sets of List<int>: 1
            should be
        2]]></message><stack-trace><![CDATA[at Some.Test()]]></stack-trace></failure>\
        <output><![CDATA[<message>not this</message>
        store.1: {"LogLevel":"Information","Message":"nor this"}
        store.1: {"LogLevel":"Warning","Message":"why <it> failed"}
        ]]></output></test>\
        <test name="Some.Long" type="Some" result="Fail"><failure><message>1
        2
        3
        4
        5
        6
        7
        8
        9
        10
        11
        12</message></failure></test></assembly></assemblies>
        """.Replace("\\\n", "", StringComparison.Ordinal))).ShouldBe(
        [
            "== FAILED: Some.Test(what: &quot;broker&quot;)",
            "       Sets of List<int>: 1",
            "           should be",
            "       2",
            "       store.1: {\"LogLevel\":\"Warning\",\"Message\":\"why <it> failed\"}",
            "== FAILED: Some.Long",
            .. Enumerable.Range(1, 10).Select(line => $"       {line}"),
        ]);

    private static Task<string[]> ShowAsync(string output) => RunAsync("shown.awk", output);

    private static async Task<string[]> RunAsync(string script, string output)
    {
        var start = new ProcessStartInfo("awk", ["-f", RepositoryRoot.Of("tests", script)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var awk = Process.Start(start)!;
        await awk.StandardInput.WriteAsync(output);
        awk.StandardInput.Close();
        var shown = await awk.StandardOutput.ReadToEndAsync();
        await awk.WaitForExitAsync();
        return shown.TrimEnd('\n').Split('\n');
    }
}
