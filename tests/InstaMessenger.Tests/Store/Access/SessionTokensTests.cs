using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Store.Access;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace InstaMessenger.Tests.Store.Access;

public sealed class SessionTokensTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 64).Select(i => (byte)i)];
    private static readonly byte[] OtherKey = [.. Enumerable.Range(100, 64).Select(i => (byte)i)];

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-01T10:00:00Z"));

    [Fact]
    public async Task A_token_is_read_back_until_it_expires()
    {
        var tokens = Tokens(Key);
        var token = tokens.Issue(SessionFor(TimeSpan.FromHours(1)));
        (await tokens.ReadAsync(token)).ShouldBe("ses_1");
        _clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        (await tokens.ReadAsync(token)).ShouldBe("ses_1");
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await tokens.ReadAsync(token)).ShouldBeNull();
    }

    [Fact]
    public async Task After_a_rotation_tokens_of_the_old_key_are_read_until_it_is_dropped()
    {
        var old = Tokens(Key).Issue(SessionFor(TimeSpan.FromHours(1)));
        (await Tokens(OtherKey, Key).ReadAsync(old)).ShouldBe("ses_1");
        (await Tokens(OtherKey).ReadAsync(old)).ShouldBeNull();
        var ofBoth = Tokens(OtherKey, Key).Issue(SessionFor(TimeSpan.FromHours(1)));
        (await Tokens(OtherKey).ReadAsync(ofBoth)).ShouldBe("ses_1");
    }

    [Fact]
    public async Task The_forger_of_this_test_can_make_a_good_token() =>
        (await Tokens(Key).ReadAsync(Forge(Key))).ShouldBe("ses_1");

    [Theory]
    [InlineData("other key")]
    [InlineData("alg none")]
    [InlineData("alg none, without signature")]
    [InlineData("alg NonE")]
    [InlineData("HS512 with the same key")]
    [InlineData("HS384 with the same key")]
    [InlineData("RS256 in the header")]
    [InlineData("expired")]
    [InlineData("no expiry")]
    [InlineData("other issuer")]
    [InlineData("no issuer")]
    [InlineData("other audience")]
    [InlineData("payload changed")]
    [InlineData("signature cut")]
    [InlineData("no signature")]
    [InlineData("rubbish")]
    [InlineData("dots")]
    public async Task A_forged_token_is_refused(string forgery)
    {
        var good = Forge(Key);
        var parts = good.Split('.');
        var token = forgery switch
        {
            "other key" => Forge(OtherKey),
            "alg none" => Forge(Key, alg: "none"),
            "alg none, without signature" => string.Join('.', Forge(Key, alg: "none").Split('.')[..2]) + ".",
            "alg NonE" => Forge(Key, alg: "NonE"),
            "HS512 with the same key" => Forge(Key, alg: "HS512", sign: HMACSHA512.HashData),
            "HS384 with the same key" => Forge(Key, alg: "HS384", sign: HMACSHA384.HashData),
            "RS256 in the header" => Forge(Key, alg: "RS256"),
            "expired" => Forge(Key, expires: _clock.GetUtcNow().ToUnixTimeSeconds() - 1),
            "no expiry" => Forge(Key, expires: null),
            "other issuer" => Forge(Key, issuer: "somebody"),
            "no issuer" => Forge(Key, issuer: null),
            "other audience" => Forge(Key, audience: "somewhere"),
            "payload changed" => $"{parts[0]}.{Forge(Key, session: "ses_2").Split('.')[1]}.{parts[2]}",
            "signature cut" => good[..^4],
            "no signature" => $"{parts[0]}.{parts[1]}.",
            "dots" => "..",
            _ => "rubbish",
        };
        (await Tokens(Key).ReadAsync(token)).ShouldBeNull();
    }

    [Theory]
    [InlineData("", "Jwt:SigningKeys:0 is missing")]
    [InlineData("c2hvcnQ=", "Jwt:SigningKeys:0 is weak")]
    public void A_missing_or_weak_key_is_refused_in_one_sentence(string key, string sentence)
    {
        var options = new JwtOptions();
        if (key.Length > 0) options.SigningKeys.Add(key);
        Should.Throw<InvalidOperationException>(() => new SessionTokens(Options.Create(options), _clock)).Message.ShouldStartWith(sentence);
    }

    private SessionTokens Tokens(params byte[][] keys)
    {
        var options = new JwtOptions();
        foreach (var key in keys) options.SigningKeys.Add(Convert.ToBase64String(key));
        return new SessionTokens(Options.Create(options), _clock);
    }

    private Session SessionFor(TimeSpan lifetime) => new() { Id = "ses_1", UserId = "usr_1", ExpiresAt = _clock.GetUtcNow() + lifetime };

    private string Forge(
        byte[] key,
        string alg = "HS256",
        Func<byte[], byte[], byte[]>? sign = null,
        string? issuer = SessionTokens.Issuer,
        string audience = SessionTokens.Audience,
        long? expires = long.MinValue,
        string session = "ses_1")
    {
        var exp = expires == long.MinValue ? _clock.GetUtcNow().ToUnixTimeSeconds() + 60 : expires;
        var claims = string.Join(',', new[]
        {
            issuer is null ? null : $"\"iss\":\"{issuer}\"",
            $"\"aud\":\"{audience}\"",
            exp is null ? null : $"\"exp\":{exp}",
            "\"sub\":\"usr_1\"",
            $"\"jti\":\"{session}\"",
        }.Where(claim => claim is not null));
        var signed = $"{Encode($"{{\"alg\":\"{alg}\",\"typ\":\"JWT\"}}")}.{Encode($"{{{claims}}}")}";
        var signature = (sign ?? HMACSHA256.HashData)(key, Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
