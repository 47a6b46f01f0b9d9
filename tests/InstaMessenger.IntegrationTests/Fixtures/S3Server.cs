using System.Diagnostics;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>A small S3 from npm, in place of the real one: own port, own folder, one bucket.</summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>The key and the secret that it takes.</summary>
    public const string Login = "S3RVER";

    public const string Bucket = "media";

    private const string Package = "s3rver@3.7.1";
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly PackageNode _node;

    private S3Server(PackageNode node) => _node = node;

    public Uri Address => new($"http://127.0.0.1:{_node.Port}");

    public static async Task<S3Server> StartAsync()
    {
        var (port, folder) = (FreePort.Take(), PackageNode.NewFolder("s3"));
        string[] command = [await ProgramAsync(), "-d", folder, "-a", "127.0.0.1", "-p", $"{port}", "--configure-bucket", Bucket];
        var server = new S3Server(new PackageNode(port, folder, new Dictionary<string, string?>(), command));
        await server._node.StartAsync();
        await server.AnswersAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    /// <summary>Brings the package into a folder of its own, once.</summary>
    private static async Task<string> ProgramAsync()
    {
        var folder = RepositoryRoot.Of("artifacts/s3");
        var program = Path.Combine(folder, "node_modules/.bin/s3rver");
        if (File.Exists(program)) return program;
        Directory.CreateDirectory(folder);
        string[] install = ["install", "--no-audit", "--no-fund", "--prefix", folder, Package];
        using var npm = Process.Start(new ProcessStartInfo("npm", install) { UseShellExecute = false, RedirectStandardOutput = true })!;
        await npm.StandardOutput.ReadToEndAsync().WaitAsync(InstallTimeout);
        await npm.WaitForExitAsync(Patience.Token());
        return File.Exists(program) ? program : throw new InvalidOperationException($"npm could not install {Package} into {folder}.");
    }

    private async Task AnswersAsync()
    {
        using var http = new HttpClient();
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < StartTimeout)
        {
            try
            {
                using var answer = await http.GetAsync(Address);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }

        throw new TimeoutException($"The S3 server did not start: {_node.Log}");
    }
}
