using System.Text;
using System.Text.Json;
using InstaMessenger.Client;
using InstaMessenger.CrmForwarder.Deliveries;
using InstaMessenger.Tests.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using StandardWebhooks;

namespace InstaMessenger.Tests.Clients;

/// <summary>What the product signs, our verifier and the official library accept; what the official one signs, ours accepts.</summary>
public sealed class WebhookVerifierTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "evt_1";

    private static readonly byte[] Body =
        """{"id":"evt_1","sequence":7,"type":"of.tomorrow","account_id":"acc_1","occurred_at":"2026-11-23T17:13:00.000Z","data":{}}"""u8
            .ToArray();

    private static readonly JsonElement[] Vectors =
        [.. JsonDocument.Parse(File.ReadAllBytes(RepositoryRoot.Of("clients", "webhook-vectors.json"))).RootElement.EnumerateArray()];

    public static TheoryData<string> Names => [.. Vectors.Select(vector => vector.GetProperty("name").GetString()!)];

    /// <summary>The same vectors are the TypeScript client's.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_vector_has_the_verdict_that_it_names(string name)
    {
        var vector = Vectors.Single(one => one.GetProperty("name").GetString() == name);
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(vector.GetProperty("now").GetInt64()));
        var verifier = new WebhookVerifier(vector.GetProperty("secrets").EnumerateArray().Select(secret => secret.GetString()!), clock);

        verifier.Check(Encoding.UTF8.GetBytes(Text("body")!), Text("id"), Text("timestamp"), Text("signature")).ToString()
            .ShouldBe(Text("verdict"));

        string? Text(string member) => vector.GetProperty(member).GetString();
    }

    [Fact]
    public void What_the_vectors_call_genuine_is_what_the_product_signs()
    {
        var genuine = Vectors.Where(vector => vector.TryGetProperty("signed_with", out _)).ToList();
        genuine.Count.ShouldBeGreaterThan(4);
        foreach (var vector in genuine)
        {
            WebhookSigner.Standard(
                [.. vector.GetProperty("signed_with").EnumerateArray().Select(secret => WebhookSigner.KeyOf(secret.GetString()!))],
                vector.GetProperty("id").GetString()!,
                long.Parse(vector.GetProperty("timestamp").GetString()!),
                Encoding.UTF8.GetBytes(vector.GetProperty("body").GetString()!))
                .ShouldBe(vector.GetProperty("signature").GetString(), vector.GetProperty("name").GetString());
        }
    }

    [Fact]
    public void What_the_product_signs_with_two_secrets_is_taken_by_who_knows_either_here_and_in_the_official_library()
    {
        var (now, old, young) = (Now(), "whsec_" + Base64("the old one"), "whsec_" + Base64("the young one"));
        var signature = WebhookSigner.Standard([WebhookSigner.KeyOf(young), WebhookSigner.KeyOf(old)], Id, now, Body);

        foreach (var secret in (string[])[old, young])
        {
            new WebhookVerifier(secret).Check(Body, Id, $"{now}", signature).ShouldBe(WebhookVerdict.Genuine);
            Should.NotThrow(() => Official(secret, $"{now}", signature));
        }

        new WebhookVerifier([Secret, old]).Check(Body, Id, $"{now}", signature).ShouldBe(WebhookVerdict.Genuine);
        new WebhookVerifier(Secret).Check(Body, Id, $"{now}", signature).ShouldBe(WebhookVerdict.WrongSignature);
        Should.Throw<Exception>(() => Official(Secret, $"{now}", signature));
    }

    [Fact]
    public void What_the_official_library_signs_is_taken_and_nothing_else()
    {
        var now = TimeProvider.System.GetUtcNow();
        var signature = new StandardWebhook(Secret).Sign(Id, now, Encoding.UTF8.GetString(Body));
        var (verifier, timestamp) = (new WebhookVerifier(Secret), $"{now.ToUnixTimeSeconds()}");

        verifier.Check(Body, Id, timestamp, signature).ShouldBe(WebhookVerdict.Genuine);
        verifier.Check(Body, "evt_2", timestamp, signature).ShouldBe(WebhookVerdict.WrongSignature);
        verifier.Check([.. Body, (byte)' '], Id, timestamp, signature).ShouldBe(WebhookVerdict.WrongSignature);
        verifier.Check(Body, Id, $"{now.ToUnixTimeSeconds() - 1}", signature).ShouldBe(WebhookVerdict.WrongSignature);
        new WebhookVerifier("whsec_" + Base64("another")).Check(Body, Id, timestamp, signature).ShouldBe(WebhookVerdict.WrongSignature);
    }

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-299, true)]
    [InlineData(299, true)]
    [InlineData(301, false)]
    public void What_is_five_minutes_off_is_refused_here_as_in_the_official_library(int seconds, bool accepted)
    {
        // A second that begins between the two calls moves none of these over the line.
        var timestamp = $"{Now() + (Math.Sign(seconds) * (Math.Abs(seconds) > 300 ? Math.Abs(seconds) + 5 : Math.Abs(seconds) - 5))}";
        var signature = WebhookSigner.Standard([WebhookSigner.KeyOf(Secret)], Id, long.Parse(timestamp), Body);

        new WebhookVerifier(Secret).Check(Body, Id, timestamp, signature)
            .ShouldBe(accepted ? WebhookVerdict.Genuine : seconds < 0 ? WebhookVerdict.TooOld : WebhookVerdict.TooNew);
        if (accepted) Should.NotThrow(() => Official(Secret, timestamp, signature));
        else Should.Throw<Exception>(() => Official(Secret, timestamp, signature));
    }

    [Fact]
    public void An_event_is_read_when_it_is_genuine_and_refused_with_the_reason_when_not()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_000));
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Webhook-Id"] = Id,
            ["Webhook-Timestamp"] = "1000",
            ["Webhook-Signature"] = WebhookSigner.Standard([WebhookSigner.KeyOf(Secret)], Id, 1_000, Body),
        };
        var verifier = new WebhookVerifier(Secret, clock);

        verifier.Read(Body, headers.GetValueOrDefault).Sequence.ShouldBe(7);
        clock.Advance(TimeSpan.FromMinutes(6));
        Should.Throw<WebhookRefusedException>(() => verifier.Read(Body, headers.GetValueOrDefault)).Verdict.ShouldBe(WebhookVerdict.TooOld);
        Should.Throw<WebhookRefusedException>(() => verifier.Read(Body, _ => null)).Verdict.ShouldBe(WebhookVerdict.HeaderMissing);
    }

    [Fact]
    public void A_verifier_without_a_secret_is_not_made()
    {
        Should.Throw<ArgumentException>(() => new WebhookVerifier(""));
        Should.Throw<ArgumentException>(() => new WebhookVerifier([]));
    }

    private static void Official(string secret, string timestamp, string signature) => new StandardWebhook(secret).Verify(
        Encoding.UTF8.GetString(Body),
        new HeaderDictionary
        {
            ["webhook-id"] = Id, ["webhook-timestamp"] = timestamp, ["webhook-signature"] = signature,
        });

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
