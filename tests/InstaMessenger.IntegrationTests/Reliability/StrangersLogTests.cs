using System.Net.Http.Headers;
using System.Text;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>Whoever is refused may come as often as they like. A line for each of them once filled the disk of the logs.</summary>
public sealed class StrangersLogTests(UnlimitedProduct product) : IClassFixture<UnlimitedProduct>
{
    private const int Each = 500;

    /// <summary>Sixty refusals, and what a process says anyway.</summary>
    private const int LinesAMinute = 100;

    [Fact]
    public async Task Fifteen_hundred_strangers_in_a_row_write_some_lines()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = product.Door };
        var (before, began) = (product.MarkLogs(), TimeProvider.System.GetTimestamp());

        for (var n = 0; n < Each; n++)
        {
            await RefusedAsync(HttpMethod.Get, "/api/v1/me", new AuthenticationHeaderValue("Bearer", $"sk_made_up_{n}"), 401);
            await RefusedAsync(HttpMethod.Post, "/webhooks/instagram", null, 401);
            var name = Convert.ToBase64String(Encoding.UTF8.GetBytes($"nobody{n}:a wrong password"));
            await RefusedAsync(HttpMethod.Post, "/ui/session", new AuthenticationHeaderValue("Basic", name), 401, 429);
        }

        // What is written before this was written before that.
        (await new ApiClient(product.Door, null).PostAsync(
            "/ui/session", null, ("Authorization", "Basic " + Admin()), ("X-Forwarded-For", "203.0.113.77"))).Expect(200);
        await Until.TrueAsync(
            () => Lines().Exists(line => line.Contains("session.opened", StringComparison.Ordinal)),
            Patience.Long,
            () => "the sign-in is not in the log");
        var minutes = TimeProvider.System.GetElapsedTime(began).TotalMinutes;
        foreach (var line in Lines().Take(10)) TestContext.Current.TestOutputHelper?.WriteLine(line);
        Lines().Count.ShouldBeInRange(3, LinesAMinute * (int)Math.Ceiling(minutes));

        List<string> Lines() => [.. product.LinesSince(before).Select(written => written.Line)];

        async Task RefusedAsync(HttpMethod method, string path, AuthenticationHeaderValue? credential, params int[] statuses)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Authorization = credential;
            if (method == HttpMethod.Post) request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request);
            ((int)answer.StatusCode).ShouldBeOneOf(statuses);
        }
    }

    private static string Admin() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ProductBase.Username}:{ProductBase.Password}"));
}
