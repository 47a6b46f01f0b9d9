using System.Net;
using System.Net.Sockets;
using InstaMessenger.Standalone;

namespace InstaMessenger.Tests.Standalone;

/// <summary>What the product counts is the operator's: whoever asks at the public port is a stranger.</summary>
public sealed class MetricsDoorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_public_port_has_no_metrics_whatever_the_host_header_says(bool hasPort)
    {
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Bound and never listening: it keeps the kernel from giving the port to anybody else, and Kestrel may listen there nevertheless.
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)held.LocalEndPoint!).Port;
        string[] settings = hasPort ? [$"Metrics:Port={port}", "Metrics:Host=127.0.0.1"] : [];
        await using var product = await ServiceUnderTest.StartAsync(
            StandaloneHost.Build(ServiceUnderTest.Arguments(_folder.Path, settings)));
        var open = product.Http.BaseAddress!.Port;
        open.ShouldNotBe(port);

        foreach (var host in new[] { $"127.0.0.1:{open}", $"127.0.0.1:{port}", $"localhost:{port}", "localhost:9464" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = host } };
            using var answer = await product.Http.SendAsync(request);
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain("# TYPE", customMessage: host);
        }

        if (hasPort)
            (await product.Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"))).ShouldContain("# TYPE");
    }

    public void Dispose() => _folder.Dispose();
}
