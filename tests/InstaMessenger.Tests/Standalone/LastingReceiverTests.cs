using System.Text.Json;

namespace InstaMessenger.Tests.Standalone;

/// <summary>
/// What a key makes outlives and exceeds it in nothing. An endpoint has no end: made by a key of an hour, it once got every tenant's events
/// for ever, and made by one that may not read, it read for it.
/// </summary>
public sealed class LastingReceiverTests(SignedInProduct product) : ConventionSuite(product)
{
    private const string Path = "/api/v1/webhook-endpoints";
    private const string New = """{"url":"https://example.com/hook"}""";

    [Theory]
    [InlineData("""["read","send","manage"]""", true, "key_expires")]
    [InlineData("""["manage"]""", false, "scope_exceeded")]
    public async Task A_key_that_ends_or_may_not_read_decides_nothing_of_who_gets_events(string scopes, bool ends, string code)
    {
        var endpoint = $"{Path}/{await MadeAsync(Path, New)}";
        var key = await KeyAsync(scopes, ends);

        (await AskAsync("POST", Path, New, credential: key)).ShouldBeRefused(code);
        (await AskAsync("PATCH", endpoint, """{"url":"https://example.com/mine"}""", credential: key)).ShouldBeRefused(code);
        (await AskAsync("PATCH", endpoint, """{"account_ids":null}""", credential: key)).ShouldBeRefused(code);
        (await AskAsync("PATCH", endpoint, """{"event_types":null}""", credential: key)).ShouldBeRefused(code);
        (await AskAsync("POST", endpoint + "/rotate-secret", credential: key)).ShouldBeRefused(code);
        // What was there is posted once more, to who has it anyway: that ends by itself, and asks for the right to read alone.
        var replay = await AskAsync("POST", endpoint + "/replay", """{"after_sequence":0}""", credential: key);
        if (ends) replay.Status.ShouldBe(202, replay.Text);
        else replay.ShouldBeRefused(code);

        (await AskAsync("PATCH", endpoint, """{"description":"its","state":"paused"}""", credential: key)).Status.ShouldBe(200);
        (await AskAsync("DELETE", endpoint, credential: key)).Status.ShouldBe(204);
    }

    [Fact]
    public async Task A_key_that_stays_and_reads_makes_and_changes_them()
    {
        var key = await KeyAsync("""["read","manage"]""", ends: false);
        var endpoint = $"{Path}/{await MadeAsync(Path, New, key)}";
        (await AskAsync("PATCH", endpoint, """{"url":"https://example.com/other"}""", credential: key)).Status.ShouldBe(200);
        (await AskAsync("POST", endpoint + "/rotate-secret", credential: key)).Status.ShouldBe(200);
        (await AskAsync("DELETE", endpoint, credential: key)).Status.ShouldBe(204);
    }

    private async Task<string> KeyAsync(string scopes, bool ends)
    {
        var end = ends ? JsonSerializer.Serialize(TimeProvider.System.GetUtcNow().AddHours(1)) : "null";
        var made = await AskAsync("POST", "/api/v1/api-keys", $$"""{"name":"lent","scopes":{{scopes}},"expires_at":{{end}}}""");
        return made.Json.GetProperty("key").GetString()!;
    }

    private async Task<string> MadeAsync(string path, string body, string? credential = null)
    {
        var made = await AskAsync("POST", path, body, credential: credential);
        made.Status.ShouldBe(201, made.Text);
        return made.Json.GetProperty("id").GetString()!;
    }
}
