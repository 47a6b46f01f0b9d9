using System.Net;
using InstaMessenger.Contracts;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Sender.Graph;

/// <summary>
/// Makes the calls of Meta's login (meta-platform.md 5.3). Apart from the Graph calls of accounts, because here the app proves itself, by
/// its secret, and because codes and short tokens go in forms and queries: there is no other documented way.
/// </summary>
internal sealed class LoginClient(IHttpClientFactory clients, IOptions<GraphOptions> graph)
{
    public const string Name = "instagram-login";

    private const int LargestAnswer = 256 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Exchanges a code of Instagram Login for a token of an hour.</summary>
    public Task<GraphReply> RedeemAsync(
        string appId, string appSecret, string code, string redirectUri, CancellationToken cancellationToken) =>
        AskAsync(
            new HttpRequestMessage(HttpMethod.Post, new Uri(graph.Value.LoginBase, "/oauth/access_token"))
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    ["client_id"] = appId,
                    ["client_secret"] = appSecret,
                    ["grant_type"] = "authorization_code",
                    ["redirect_uri"] = redirectUri,
                    ["code"] = code,
                }),
            },
            cancellationToken);

    /// <summary>Makes a call at the Graph host of a login.</summary>
    /// <param name="login">Which host.</param>
    /// <param name="path">Without the version where there is none.</param>
    /// <param name="token">In the header; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="query">Names and values, which are escaped.</param>
    public Task<GraphReply> GetAsync(
        LoginType login, string path, string? token, CancellationToken cancellationToken, params (string Name, string Value)[] query)
    {
        var text = string.Join('&', query.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(graph.Value.BaseOf(login), $"{path}?{text}"));
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return AskAsync(request, cancellationToken);
    }

    private async Task<GraphReply> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Timeout);
        using (request)
        {
            try
            {
                using var http = clients.CreateClient(Name);
                request.Version = HttpVersion.Version11;
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
                await response.Content.LoadIntoBufferAsync(LargestAnswer, end.Token);
                return GraphReply.Of(response, await response.Content.ReadAsByteArrayAsync(end.Token), isCut: false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                return new GraphReply($"Meta gave no answer ({error.GetBaseException().GetType().Name})");
            }
        }
    }
}
