using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Ingress;
using InstaMessenger.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Ingress;

/// <summary>Ingress on a free port, with one app unless the settings say otherwise.</summary>
internal sealed class IngressHost : IAsyncDisposable
{
    public const string Secret = "test_app_secret";
    public const string Token = "test_verify_token";
    public const string Path = "/webhooks/instagram";

    private readonly ServiceUnderTest _service;

    private IngressHost(ServiceUnderTest service, RecordedBus bus) => (_service, Bus) = (service, bus);

    public static string[] OneApp { get; } = App(0, Secret, Token);

    public RecordedBus Bus { get; }

    public HttpClient Http => _service.Http;

    public static string[] App(int index, string secret, string token) =>
    [
        $"Instagram:Apps:{index}:AppId=1{index}",
        $"Instagram:Apps:{index}:AppSecret={secret}",
        $"Instagram:Apps:{index}:VerifyToken={token}",
    ];

    public static async Task<IngressHost> StartAsync(TemporaryFolder folder, string[] settings, bool brokerDown = false)
    {
        var bus = new RecordedBus { Down = brokerDown };
        var service = await ServiceUnderTest.StartAsync(
            folder.Path,
            builder =>
            {
                builder.AddIngress();
                builder.Services.AddSingleton<IBusPublisher>(bus);
            },
            app => app.MapIngress(),
            settings);
        return new IngressHost(service, bus);
    }

    public static string Sign(string secret, byte[] body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    public Task<HttpResponseMessage> PostAsync(string body) => PostAsync(Encoding.UTF8.GetBytes(body));

    public Task<HttpResponseMessage> PostAsync(byte[] body) => PostAsync(new ByteArrayContent(body), Sign(Secret, body));

    public async Task<HttpResponseMessage> PostAsync(HttpContent content, string? signature, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = content };
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (signature is not null) request.Headers.Add("X-Hub-Signature-256", signature);
        return await Http.SendAsync(request);
    }

    public async Task<HttpStatusCode> ReadyAsync() => (await Http.GetAsync("/health/ready")).StatusCode;

    /// <summary>Asked again and again, because an answer holds for a second.</summary>
    public async Task UntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Long);
        while (await ReadyAsync() != HttpStatusCode.OK) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
