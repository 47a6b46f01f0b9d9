using System.Diagnostics;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Fixtures;

/// <summary>A server in a container.</summary>
internal sealed class ContainerNode : IServerNode
{
    private static readonly Lazy<bool> Answers = new(() =>
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", ["info"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            return docker is not null && docker.WaitForExit(5_000) && docker.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    private readonly IContainer _container;

    public ContainerNode(string image, int innerPort, params (string Name, string Value)[] environment)
    {
        Port = FreePort.Take();
        var builder = new ContainerBuilder(image).WithPortBinding(Port, innerPort).WithAutoRemove(false);
        _container = environment.Aggregate(builder, (built, variable) => built.WithEnvironment(variable.Name, variable.Value)).Build();
    }

    public static bool DockerAnswers => Answers.Value;

    public int Port { get; }

    public string Log => $"container {_container.Name}";

    public Task StartAsync() => _container.StartAsync();

    public Task StopAsync() => _container.StopAsync();

    public async Task KillAsync()
    {
        using var kill = Process.Start("docker", ["kill", _container.Id]);
        await kill.WaitForExitAsync();
    }

    public Task FreezeAsync() => _container.PauseAsync();

    public Task ThawAsync() => _container.UnpauseAsync();

    public async Task<string> RunToolAsync(params string[] command)
    {
        var result = await _container.ExecAsync(command);
        return result.ExitCode == 0
            ? result.Stdout
            : throw new InvalidOperationException($"{command[0]} failed: {result.Stdout} {result.Stderr}");
    }

    public ValueTask DisposeAsync() => _container.DisposeAsync();
}
