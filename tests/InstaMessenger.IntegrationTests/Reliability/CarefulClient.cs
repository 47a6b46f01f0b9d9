using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>Sends as the API asks of its clients: with one Idempotency-Key until the answer is 2xx, and without waiting for Meta.</summary>
internal static class CarefulClient
{
    private const int MostAttempts = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Sends it until it is taken.</summary>
    /// <param name="shop">Whose customer it goes to.</param>
    /// <param name="recipient">The customer.</param>
    /// <param name="text">What; the key is made of it.</param>
    /// <param name="refused">Is told of each attempt that was not taken.</param>
    /// <returns>The message's id.</returns>
    public static async Task<string> SendUntilTakenAsync(this Shop shop, string recipient, string text, Action<string>? refused = null)
    {
        (string, string)[] headers = [("Idempotency-Key", $"key of {shop.InstagramId} {text}"), ("Prefer", "respond-async")];
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            try
            {
                var answer = await shop.Api.PostAsync(
                    "/api/v1/messages/send", new { account_id = shop.AccountId, recipient_id = recipient, message = text }, headers);
                if (answer.Status is 200 or 202) return answer.Json.Text("message_id")!;
                answer.Status.ShouldBeOneOf([409, 429, 502, 503, 504], answer.Body);
                refused?.Invoke($"{answer.Request}: {answer.Status} {answer.Body}");
            }
            catch (HttpRequestException error)
            {
                // Nobody is there just now.
                refused?.Invoke($"send: {error.Message}");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }

        throw new TimeoutException($"{text} was never taken.");
    }

    /// <summary>Reads a message once.</summary>
    /// <param name="shop">Whose it is.</param>
    /// <param name="message">Its id.</param>
    /// <param name="refused">Is told when it was not to be had.</param>
    public static async Task ReadAsync(this Shop shop, string message, Action<string> refused)
    {
        try
        {
            var answer = await shop.Api.GetAsync($"/api/v1/messages/{message}");
            if (answer.Status != 200) refused($"{answer.Request}: {answer.Status} {answer.Body}");
        }
        catch (HttpRequestException error)
        {
            refused($"read: {error.Message}");
        }
    }
}
