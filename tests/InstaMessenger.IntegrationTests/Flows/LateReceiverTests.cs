using InstaMessenger.IntegrationTests.Fixtures;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Tests.CrmForwarder;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace InstaMessenger.IntegrationTests.Flows;

/// <summary>
/// A receiver of the examples that was away for longer than the event log is kept. The product is a stand-in: a month is too long.
/// </summary>
public sealed class LateReceiverTests
{
    [Theory]
    [InlineData("dotnet", "artifacts/bin/Receiver/release/Receiver.dll")]
    [InlineData("node", "examples/node/receiver.js")]
    [InlineData("python3", "examples/python/receiver.py")]
    public async Task A_receiver_that_was_away_for_longer_than_events_are_kept_goes_on_with_the_oldest(string program, string receiver)
    {
        using var folder = new ProductFolder("late");
        var position = Path.Combine(folder.Of("state"), "position.txt");
        await File.WriteAllTextAsync(position, "5");
        var done = new TaskCompletionSource();
        await using var product = await TinyCrm.StartAsync();
        product.Answer = async (_, http) =>
        {
            http.Response.ContentType = "application/json";
            if (http.Request.Query["after"] != "900")
            {
                http.Response.StatusCode = StatusCodes.Status410Gone;
                await http.Response.WriteAsync("""{"status":410,"code":"events_expired","oldest_sequence":901}""");
                return;
            }

            await http.Response.WriteAsync("""{"data":[],"next_cursor":null,"last_sequence":950}""");
            done.TrySetResult();
        };
        var own = RepositoryRoot.Of("artifacts", "node", "node_modules", ".bin", "node");
        await using var process = await GuardedProcess.StartAsync(
            program == "node" && File.Exists(own) ? own : program,
            [RepositoryRoot.Of(receiver)],
            Path.Combine(folder.Logs, "receiver.log"),
            new Dictionary<string, string?>
            {
                ["INSTAMESSENGER_URL"] = product.Url("/"),
                ["INSTAMESSENGER_KEY"] = "sk_any",
                ["WEBHOOK_SECRET"] = "whsec_YW55",
                ["PORT"] = $"{FreePort.Take()}",
                ["STATE"] = Path.GetDirectoryName(position),
            });

        await done.Task.WaitAsync(Patience.Long);
        await Reliability.Until.TrueAsync(
            async () => await File.ReadAllTextAsync(position) == "950", Patience.Long, () => "the position is not kept");
    }
}
