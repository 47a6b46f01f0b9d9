using System.Net.Http.Headers;
using System.Text.Json;
using InstaMessenger.Hosting.Security;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests.Standalone;

/// <summary>One product for all rules: none of their tests stays in the way of the next.</summary>
[CollectionDefinition]
public sealed class ConventionCollection : ICollectionFixture<SignedInProduct>;

/// <summary>
/// Rules that every endpoint of every service keeps, over all of them: a new one that does not keep them is named. Here is how endpoints
/// are found and called.
/// </summary>
[Collection(typeof(ConventionCollection))]
public abstract class ConventionSuite(SignedInProduct product)
{
    private protected HttpClient Http => product.Http;

    private protected string Admin => product.Admin;

    private protected static string NameOf(RouteEndpoint endpoint) =>
        $"{string.Join('|', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])} {endpoint.RoutePattern.RawText}";

    private protected static string Fill(string path, string id) =>
        string.Concat(path.Split('{').Select((part, index) => index == 0 ? part : id + part[(part.IndexOf('}') + 1)..]));

    private protected List<RouteEndpoint> Endpoints() =>
        [.. product.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>Every call of the API.</summary>
    private protected List<(string Method, string Path)> Calls() =>
    [
        .. from endpoint in Endpoints()
           where endpoint.Metadata.GetMetadata<EndpointScope>() is not null
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
           select (method, "/" + endpoint.RoutePattern.RawText!.Trim('/')),
    ];

    private protected async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Admin);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        return await Http.SendAsync(request);
    }

    private protected async Task<Answer> AskAsync(
        string method,
        string path,
        string? body = null,
        string contentType = "application/json",
        bool headersOnly = false,
        string? credential = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Fill(path, "1"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential ?? Admin);
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue(contentType));
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        // A stream that is let in does not end.
        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        var text = headersOnly || isStream ? "" : await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, response.Headers.CacheControl?.ToString(), text);
    }

    private protected sealed record Answer(int Status, string? CacheControl, string Text)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;

        public string? Code => Text.StartsWith('{') && Json.TryGetProperty("code", out var code) ? code.GetString() : null;

        public void ShouldBeRefused(string code) => (Status, Code).ShouldBe((403, code), Text);
    }
}
