using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using InstaMessenger.Simulator;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.Tests;

/// <summary>
/// <c>./run</c> as people start it, with everything that it calls played: <c>dotnet</c> builds nothing and starts nothing, <c>curl</c>
/// finds each of them ready. What is looked at is what it says and what it tells the processes.
/// </summary>
public sealed class RunTests : IDisposable
{
    private const string App = "InstaMessenger.Standalone.dll";
    private const string Simulator = "InstaMessenger.Simulator.dll";

    private const string Dotnet = """
        here=$(dirname "$0")
        echo "dotnet $*" >> "$here/calls"
        case $1 in
          --version) echo 10.0.401 ;;
          publish) echo "restored and compiled"; [ ! -e "$here/broken" ] ;;
          *) name=$(basename "$1"); env > "$here/new"; mv "$here/new" "$here/$name"; exec sleep 600 ;;
        esac
        """;

    private const string Curl = $$"""
        here=$(dirname "$0")
        echo "curl $(echo "$*" | tr '\n' ' ')" >> "$here/calls"
        case "$*" in
          */health/live) [ -e "$here/{{Simulator}}" ] ;;
          */health/ready) [ -e "$here/{{App}}" ] ;;
          */api/v1/accounts*) echo '{"id":"acc_1"}' ;;
          */api/v1/conversations*) echo '{"data":[]}' ;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();

    public RunTests()
    {
        foreach (var file in (string[])["run", "services/ui-gateway/web/bring-node.sh"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Of(file))!);
            File.Copy(RepositoryRoot.Of(file.Split('/')), Of(file));
        }

        Directory.CreateDirectory(Of("bin"));
        foreach (var (name, script) in ((string, string)[])[("dotnet", Dotnet), ("curl", Curl), ("node", ""), ("npm", "")])
        {
            // A copy may be executed like what it is of.
            File.Copy(Of("run"), Of("bin", name));
            File.WriteAllText(Of("bin", name), $"#!/bin/bash\n{script}\n");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_demo_says_what_it_does_and_where_everything_is()
    {
        var (port, simulator) = (FreePort.Take(), FreePort.Take());
        var (code, said) = await DemoAsync(port, simulator);

        code.ShouldBe(0, said);
        ShouldSayInOrder(
            said,
            "Building app … (the first time some minutes",
            "restored and compiled",
            "Building simulator …",
            "restored and compiled",
            "Starting the simulator …",
            "Starting InstaMessenger …",
            "in demo mode",
            $"http://localhost:{simulator}/inbox?code=",
            $"http://localhost:{port}/docs",
            "acc_1 (demo_shop)",
            $"Data is kept in {Of("data/demo")}");
        // Less than this of what a build says, and the first one looks as if it hung.
        Calls().ShouldContain("dotnet publish services/standalone -c Release -o artifacts/run/app --nologo -v minimal");
        var (app, played) = (Told(App), Told(Simulator));
        app["Urls"].ShouldBe($"http://localhost:{port}");
        app["Data__Directory"].ShouldBe(Of("data/demo"));
        app["Instagram__GraphBaseUrl"].ShouldBe($"http://localhost:{simulator}");
        app["Public__BaseUrl"].ShouldBe($"http://localhost:{port}");
        played["Simulator__CallbackUrl"].ShouldBe($"http://localhost:{port}/webhooks/instagram");
        played["Simulator__AppSecret"].ShouldBe(app["Instagram__Apps__0__AppSecret"]);
        played["Simulator__Inbox__Password"].ShouldBe(app["Bootstrap__AdminPassword"]);
        played.ShouldNotContainKey("Urls", "it would listen where InstaMessenger does");
        // What both sides of the demo must agree on, and what nobody may read in a list of processes or another's files.
        var linked = Calls().Single(call => call.Contains("/api/v1/accounts", StringComparison.Ordinal));
        foreach (var known in (string[])[Demo.CrmSecret, Demo.Account.Id, $"/crm/{Demo.CrmName}"])
            linked.ShouldContain(known);
        WasCalledWith(app["Bootstrap__ApiKey"]).ShouldBeFalse();
        new FileInfo(Of("data/demo/demo.env")).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task The_real_thing_begins_beside_the_demo_in_the_same_folder_and_the_demo_keeps_its_keys()
    {
        var (port, simulator) = (FreePort.Take(), FreePort.Take());
        await DemoAsync(port, simulator);
        var demo = Told(App);
        await File.WriteAllTextAsync(
            Of(".env"),
            "# as .env.example\nSecrets__MasterKey=real key==\nInstagram__Apps__0__AppSecret=\"real secret\"\r\nAudit__KeepDays=\n",
            TestContext.Current.CancellationToken);

        var (code, said) = await RunAsync([("PORT", $"{port}")]);
        code.ShouldBe(0, said);
        said.ShouldContain($"InstaMessenger is ready at http://localhost:{port} ");
        said.ShouldNotContain("demo");
        var real = Told(App);
        real["Data__Directory"].ShouldBe(Of("data"));
        real["Secrets__MasterKey"].ShouldBe("real key==");
        real["Instagram__Apps__0__AppSecret"].ShouldBe("real secret");
        foreach (var name in (string[])["Instagram__GraphBaseUrl", "Outbound__AllowPrivateAddresses", "Audit__KeepDays"])
            real.ShouldNotContainKey(name);
        WasCalledWith("Simulator").ShouldBeFalse();

        // The environment overrides .env.
        await RunAsync([("PORT", $"{port}"), ("Instagram__Apps__0__AppSecret", "another secret")]);
        Told(App)["Instagram__Apps__0__AppSecret"].ShouldBe("another secret");

        (code, said) = await RunAsync([("PORT", $"{port}"), ("Data__Directory", Of("data/demo"))]);
        code.ShouldBe(1);
        said.ShouldContain($"run: {Of("data/demo")} holds a demo, whose keys do not open with yours; set Data__Directory");
        WasCalledWith("publish").ShouldBeFalse("it is said before the minutes of a build");

        File.Delete(Of(".env"));
        (await DemoAsync(port, simulator)).Code.ShouldBe(0);
        Told(App)["Secrets__MasterKey"].ShouldBe(demo["Secrets__MasterKey"]);
    }

    [Fact]
    public async Task A_second_demo_is_told_which_port_is_taken_and_finds_another_one_for_metrics()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        var taken = ((IPEndPoint)first.LocalEndpoint).Port;
        using var metrics = ListenOnMetricsPort();

        (await DemoAsync(taken, FreePort.Take())).ShouldSatisfyAllConditions(
            ended => ended.Code.ShouldBe(1),
            ended => ended.Said.ShouldContain($"run: port {taken} is taken; choose another: PORT=9000 ./run"));
        (await DemoAsync(FreePort.Take(), taken)).ShouldSatisfyAllConditions(
            ended => ended.Code.ShouldBe(1),
            ended => ended.Said.ShouldContain($"run: port {taken} is taken; choose another: SIMULATOR_PORT=9090 ./run"),
            _ => WasCalledWith("publish").ShouldBeFalse("it is said before the minutes of a build"));

        var (code, said) = await DemoAsync(FreePort.Take(), FreePort.Take(), ("Data__Directory", Of("second")));
        code.ShouldBe(0, said);
        var told = Told(App);
        told["Data__Directory"].ShouldBe(Of("second"));
        int.Parse(told["Metrics__Port"], CultureInfo.InvariantCulture).ShouldBeGreaterThan(9464);
        said.ShouldContain($"http://localhost:{told["Metrics__Port"]}/metrics");
    }

    [Theory]
    [InlineData("--help", 0)]
    [InlineData("-h", 0)]
    [InlineData("demo", 2)]
    public async Task A_word_on_the_command_line_is_answered_with_how_to_use_it(string word, int expected)
    {
        var (code, said) = await RunAsync([], word);

        code.ShouldBe(expected);
        said.ShouldStartWith("Starts InstaMessenger as one process on this machine.");
        ShouldSayInOrder(
            said, "  ./run  ", "demo mode: http://localhost:8080", "cp .env.example .env", "PORT=9000 SIMULATOR_PORT=9090 ./run");
        said.ShouldNotContain("set -euo");
        Calls().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_build_that_fails_ends_it_with_a_sentence_behind_the_builds_own_words()
    {
        await File.WriteAllTextAsync(Of("bin", "broken"), "", TestContext.Current.CancellationToken);

        var (code, said) = await DemoAsync(FreePort.Take(), FreePort.Take());

        code.ShouldBe(1);
        ShouldSayInOrder(said, "restored and compiled", "run: the build failed; its last words are above.");
        WasCalledWith(App).ShouldBeFalse();
    }

    /// <summary>The usual port of metrics is somebody's: the first demo's, or whoever's it is already.</summary>
    private static TcpListener? ListenOnMetricsPort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 9464);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    private static void ShouldSayInOrder(string said, params string[] words)
    {
        var place = 0;
        foreach (var word in words)
        {
            place = said.IndexOf(word, place, StringComparison.Ordinal);
            place.ShouldBeGreaterThanOrEqualTo(0, $"\"{word}\" in its place in:\n{said}");
            place += word.Length;
        }
    }

    private Task<(int Code, string Said)> DemoAsync(int port, int simulator, params (string Name, string Value)[] environment) =>
        RunAsync([("PORT", $"{port}"), ("SIMULATOR_PORT", $"{simulator}"), .. environment]);

    /// <summary>Runs it until it says that it is ready, or ends by itself; then stops it as Ctrl-C does.</summary>
    private async Task<(int Code, string Said)> RunAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        foreach (var earlier in (string[])["calls", App, Simulator]) File.Delete(Of("bin", earlier));
        var start = new ProcessStartInfo("bash", [Of("run"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = $"{Of("bin")}:/usr/local/bin:/usr/bin:/bin";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var run = Process.Start(start)!;
        var (patience, said) = (Patience.Token(), new StringBuilder());
        var errors = run.StandardError.ReadToEndAsync(patience);
        while (await run.StandardOutput.ReadLineAsync(patience) is { } line)
        {
            said.AppendLine(line);
            if (!line.Contains("Ctrl-C stops it", StringComparison.Ordinal)) continue;
            using var kill = Process.Start("bash", ["-c", $"kill -TERM {run.Id}"]);
            await kill.WaitForExitAsync(patience);
        }

        await run.WaitForExitAsync(patience);
        return (run.ExitCode, said + await errors);
    }

    private string[] Calls() => File.Exists(Of("bin", "calls")) ? File.ReadAllLines(Of("bin", "calls")) : [];

    private bool WasCalledWith(string word) => Array.Exists(Calls(), call => call.Contains(word, StringComparison.Ordinal));

    /// <summary>The environment that a process was started with.</summary>
    private Dictionary<string, string> Told(string program) => File.ReadAllLines(Of("bin", program)).Select(line => line.Split('=', 2))
        .Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);

    private string Of(params string[] parts) => Path.Combine([_folder.Path, .. parts]);
}
