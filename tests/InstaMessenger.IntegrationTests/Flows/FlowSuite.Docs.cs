using System.Diagnostics;
using System.Text.RegularExpressions;
using InstaMessenger.IntegrationTests.Product;
using InstaMessenger.Tests.Shared;

namespace InstaMessenger.IntegrationTests.Flows;

public abstract partial class FlowSuite
{
    /// <summary>The lines of docs/sending.md run as they stand, in a shell that has its variables: a newcomer pastes them.</summary>
    private protected async Task EachLineOfTheDocumentOnSendingDoesWhatItSaysAsync()
    {
        var shop = await OpenShopAsync();
        var customer = await shop.NewWriterAsync();
        var said = (await shop.ReceivedAsync(await customer.SayAsync("How much?"))).Event;
        var comment = await customer.CommentAsync("And this one?");
        await shop.Events.WaitForAsync("comment.received", "data.comment.id", comment);
        var (sent, cancelled) = (await ScheduleAsync(), await ScheduleAsync());
        (await shop.Api.DeleteAsync($"/api/v1/messages/{cancelled}")).Expect(200);
        using var folder = new ProductFolder("docs");
        var pictures = folder.Of("pictures");
        await File.WriteAllBytesAsync(Path.Combine(pictures, "mug.png"), MediaSamples.Png());
        var (send, lines) = await SendingDocumentAsync();
        lines.Count.ShouldBeGreaterThan(20);
        var script = new Dictionary<string, string?>
        {
            ["URL"] = Product.Door.ToString().TrimEnd('/'),
            ["KEY"] = await KeyFileAsync(shop, folder),
            ["ACCOUNT"] = shop.AccountId,
            ["CONTACT"] = customer.Igsid,
            ["MESSAGE"] = said.Text("data.message.id"),
            ["CONVERSATION"] = said.Text("conversation_id"),
            ["COMMENT"] = comment,
            ["SENT"] = sent,
            ["FAILED"] = cancelled,
        };
        script["UPLOAD"] = (await RunAsync(lines.Single(line => line.StartsWith("UPLOAD=", StringComparison.Ordinal)) + "; echo $UPLOAD"))
            .Trim();
        script["UPLOAD"].ShouldStartWith("up_");

        var wrong = new List<string>();
        foreach (var line in lines.Where(line => !line.StartsWith("UPLOAD=", StringComparison.Ordinal)))
        {
            var output = await RunAsync(send + "\ncurl() { command curl -w ' HTTP %{http_code}' \"$@\"; }\n" + line);
            if (!output.Contains(" HTTP 2", StringComparison.Ordinal) || output.Contains("\"status\":\"failed\"", StringComparison.Ordinal))
                wrong.Add($"{line}\n  {output}");
        }

        wrong.ShouldBeEmpty();

        async Task<string> ScheduleAsync() => (await shop.Api.PostAsync("/api/v1/messages/send", new
        {
            account_id = shop.AccountId,
            recipient_id = customer.Igsid,
            message = "Good morning!",
            schedule_at = TimeProvider.System.GetUtcNow().AddHours(1),
        })).Expect(202).Text("message_id")!;

        async Task<string> RunAsync(string commands)
        {
            var start = new ProcessStartInfo("bash", ["-c", commands])
            {
                WorkingDirectory = pictures, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            foreach (var (name, value) in script) start.Environment[name] = value;
            using var shell = Process.Start(start)!;
            var error = shell.StandardError.ReadToEndAsync();
            var output = await shell.StandardOutput.ReadToEndAsync();
            return output + await error;
        }
    }

    /// <summary>The key as <c>curl -H @file</c> takes it: on a command line everybody who lists processes could read it.</summary>
    private static async Task<string> KeyFileAsync(Shop shop, ProductFolder folder)
    {
        var file = Path.Combine(folder.Of("keys"), "shop.key");
        await File.WriteAllTextAsync(file, $"Authorization: Bearer {shop.Key}\n");
        return file;
    }

    /// <summary>Reads the document: its function <c>send</c>, and each line that is to be run.</summary>
    private static async Task<(string Send, List<string> Lines)> SendingDocumentAsync()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "sending.md"));
        var send = FencedSend().Match(text).Value;
        send.ShouldStartWith("send() {");
        return (send, [.. CommandSpan().Matches(text).Select(match => match.Value.Replace("\\|", "|", StringComparison.Ordinal))]);
    }

    [GeneratedRegex(@"(?<=\n)send\(\) \{[^`]*(?=```)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FencedSend();

    [GeneratedRegex("(?<=`)(send '|curl |UPLOAD=)[^`]+(?=`)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommandSpan();
}
