using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace InstaMessenger.Tests.CrmForwarder;

/// <summary>A CRM whose certificate proves nothing; it counts the bytes that it is sent all the same.</summary>
internal sealed class RawTls : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2 _certificate;
    private readonly Task _accepting;
    private int _read;

    private RawTls(X509Certificate2 certificate)
    {
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    /// <summary>Bytes of requests.</summary>
    public int Read => _read;

    /// <param name="fault"><c>nobody trusts it</c>, <c>it is over</c> or <c>of another host</c>.</param>
    public static RawTls Start(string fault)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=crm", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (fault == "of another host") names.AddDnsName("other.example");
        else names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var until = fault == "it is over" ? now.AddDays(-1) : now.AddDays(1);
        using var made = request.CreateSelfSigned(now.AddDays(-2), until);
        return new RawTls(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _certificate.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await ServeAsync(client);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over, and the listener may have been closed before this asked it again.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _end.Token);
            _read += await tls.ReadAsync(new byte[1024], _end.Token);
        }
        catch (Exception error) when (error is IOException or AuthenticationException)
        {
            // The other side does not go on.
        }
    }
}
