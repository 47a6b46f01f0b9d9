using InstaMessenger.IntegrationTests.Product;

namespace InstaMessenger.IntegrationTests.Reliability;

/// <summary>Sends as the API asks of its clients: with one Idempotency-Key until the answer is 2xx, and without waiting for Meta.</summary>
internal static class CarefulClient
{
    private const int MostAttempts = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <returns>The message's id.</returns>
    public static async Task<string> SendUntilTakenAsync(this Shop shop, string recipient, string text)
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
            }
            catch (HttpRequestException)
            {
                // Nobody is there just now.
            }

            await Task.Delay(Pause, TimeProvider.System);
        }

        throw new TimeoutException($"{text} was never taken.");
    }
}
