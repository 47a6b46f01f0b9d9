using System.Net;
using System.Net.Sockets;
using System.Text;

namespace InstaMessenger.Tests.Hosting.Http.Bodies;

/// <summary>A stranger with a socket, who says what they like and stops where they like.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _tcp;

    private RawClient(TcpClient tcp) => _tcp = tcp;

    /// <param name="service">Where to.</param>
    /// <param name="from">The client's address; every 127.x.y.z is this machine.</param>
    public static async Task<RawClient> ConnectAsync(Uri service, string from = "127.0.0.1")
    {
        var tcp = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0)) { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Loopback, service.Port);
        return new RawClient(tcp);
    }

    /// <summary>A webhook's head, and as many bytes of its body.</summary>
    public async Task BeginWebhookAsync(int announced, int sent)
    {
        await SendAsync($"POST /webhooks/instagram HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + $"{announced}\r\n\r\n");
        await _tcp.GetStream().WriteAsync(new byte[sent]);
    }

    /// <summary>An upload's head, and as many bytes of its body.</summary>
    public async Task BeginUploadAsync(int announced, int sent, string? credential)
    {
        var authorization = credential is null ? "" : $"Authorization: Bearer {credential}\r\n";
        await SendAsync($"POST /api/v1/media HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            + $"{authorization}Connection: close\r\nContent-Length: {announced}\r\n\r\n");
        await _tcp.GetStream().WriteAsync(new byte[sent]);
    }

    public async Task SendAsync(string text) => await _tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>The head of the answer: a server reads on for five seconds before it closes on a body that is not whole.</summary>
    public Task<string> ReadHeadAsync() => ReadAsync(isLast: line => line.Length == 0);

    /// <summary>All that is answered until the server closes.</summary>
    public Task<string> ReadToEndAsync() => ReadAsync(isLast: _ => false);

    private async Task<string> ReadAsync(Predicate<string> isLast)
    {
        using var reader = new StreamReader(_tcp.GetStream(), Encoding.ASCII, leaveOpen: true);
        var answer = new StringBuilder();
        try
        {
            while (await reader.ReadLineAsync() is { } line && !isLast(line)) answer.AppendLine(line);
        }
        catch (IOException)
        {
            // Closed while bytes of ours were on their way.
        }

        return answer.ToString();
    }

    public void Dispose() => _tcp.Dispose();
}
