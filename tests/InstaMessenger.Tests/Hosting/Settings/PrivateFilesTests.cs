using InstaMessenger.Hosting.Settings;
using InstaMessenger.Standalone;
using Microsoft.AspNetCore.Builder;

namespace InstaMessenger.Tests.Hosting.Settings;

public sealed class PrivateFilesTests
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>Databases, the logs beside them, locks and the key ring: a neighbour on the same machine once read all of them.</summary>
    [Fact]
    public async Task Nothing_that_a_process_makes_can_be_read_by_others()
    {
        using var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        using var errors = new StringWriter();
        var started = new TaskCompletionSource<WebApplication>();

        var running = ServiceProcess.RunAsync(
            () =>
            {
                var app = StandaloneHost.Build(ServiceUnderTest.Arguments(data));
                app.Lifetime.ApplicationStarted.Register(() => started.TrySetResult(app));
                return app;
            },
            errors);
        await Task.WhenAny(started.Task, running).WaitAsync(TimeSpan.FromSeconds(60));
        errors.ToString().ShouldBeEmpty();
        var made = new DirectoryInfo(data).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Append(new DirectoryInfo(data))
            .ToList();

        made.Count.ShouldBeGreaterThan(10);
        foreach (var entry in made) (entry.UnixFileMode & Others).ShouldBe(UnixFileMode.None, entry.FullName);
        (await started.Task).Lifetime.StopApplication();
        (await running).ShouldBe(0);
    }
}
