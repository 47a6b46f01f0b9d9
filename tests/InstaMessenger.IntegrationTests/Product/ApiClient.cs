using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using InstaMessenger.IntegrationTests.Reliability;

namespace InstaMessenger.IntegrationTests.Product;

/// <summary>A client of the public door with one credential, or with none.</summary>
internal sealed class ApiClient(Uri door, string? credential)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Answer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body), headers);

    public Task<Answer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, JsonContent.Create(body));

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var sent = content?.Headers.ContentType?.MediaType == "application/json" ? await content.ReadAsStringAsync() : null;
        using var request = Request(method, path, content, headers);
        using var answer = await Http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        var read = new Answer(
            $"{method} {path}", (int)answer.StatusCode, answer.Headers, answer.Content.Headers.ContentType?.MediaType, body);
        await ApiContract.CheckAsync(door, Http, method, path, read, sent);
        return read;
    }

    /// <summary>The document of the product, once no service is missing in it.</summary>
    public async Task<ApiContract> ContractAsync()
    {
        var read = await ApiContract.ReadAsync(door, Http);
        await Until.TrueAsync(
            async () => read.IsWhole || (read = await ApiContract.ReadAsync(door, Http)).IsWhole,
            TimeSpan.FromMinutes(1),
            () => "the document of all services");
        return read;
    }

    /// <summary>Signs in with HTTP Basic.</summary>
    public Task<Answer> SignInAsync(string username, string password) =>
        PostAsync(
            "/ui/session", null, ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"))));

    /// <summary>Opens the live stream after an event.</summary>
    /// <param name="after">A sequence; null for from now on.</param>
    /// <param name="byHeader">Names it as a browser does when it comes back: by <c>Last-Event-ID</c>.</param>
    public async Task<EventTap> ListenAsync(long? after = 0, bool byHeader = false)
    {
        var request = Request(
            HttpMethod.Get, after is null || byHeader ? "/api/v1/events/stream" : $"/api/v1/events/stream?after={after}", null, []);
        if (byHeader) request.Headers.Add("Last-Event-ID", after.ToString());
        var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        ((int)answer.StatusCode).ShouldBe(200);
        var type = answer.Content.Headers.ContentType?.MediaType;
        type.ShouldBe("text/event-stream");
        var began = new Answer("stream", 200, answer.Headers, type, "");
        await ApiContract.CheckAsync(door, Http, HttpMethod.Get, "/api/v1/events/stream", began);
        return new EventTap(answer);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(door, path)) { Content = content };
        if (credential is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        // A busy machine may need more than the five seconds that a send waits by itself; a test that is about the wait names its own.
        if (method == HttpMethod.Post && !request.Headers.Contains("Prefer")) request.Headers.Add("Prefer", "wait=30");
        return request;
    }
}
