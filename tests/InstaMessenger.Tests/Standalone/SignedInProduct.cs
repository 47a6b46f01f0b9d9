using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InstaMessenger.Standalone;
using InstaMessenger.Tests.Store;

namespace InstaMessenger.Tests.Standalone;

/// <summary>The product as one process, and its first admin's token. Nothing that these tests do stays in the way of the next.</summary>
public sealed class SignedInProduct : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ServiceUnderTest _product = null!;

    internal IServiceProvider Services => _product.App.Services;

    internal HttpClient Http { get; private set; } = null!;

    internal string Admin { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _product = await ServiceUnderTest.StartAsync(StandaloneHost.Build(ServiceUnderTest.Arguments(
            _folder.Path,
            $"Bootstrap:AdminUsername={StoreOverHttp.Admin}",
            $"Bootstrap:AdminPassword={StoreOverHttp.AdminPassword}",
            "RateLimits:PerKeyBurst=10000",
            "RateLimits:PerAddressBurst=10000")));
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _product.Http.BaseAddress };
        using var signIn = new HttpRequestMessage(HttpMethod.Post, "/ui/session");
        signIn.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{StoreOverHttp.Admin}:{StoreOverHttp.AdminPassword}")));
        Admin = (await (await Http.SendAsync(signIn)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _product.DisposeAsync();
        _folder.Dispose();
    }
}
