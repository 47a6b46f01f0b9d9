using System.Security.Cryptography;
using InstaMessenger.Hosting.Security;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace InstaMessenger.Store.Access;

/// <summary>Makes and reads session tokens: JWTs signed with HMAC-SHA256, which carry nothing but who and until when.</summary>
internal sealed class SessionTokens
{
    public const string Issuer = "instamessenger";
    public const string Audience = "instamessenger-api";

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _signing;
    private readonly TokenValidationParameters _rules;

    /// <summary>Reads the keys.</summary>
    /// <exception cref="InvalidOperationException">There is no key, or a weak one.</exception>
    public SessionTokens(IOptions<JwtOptions> options, TimeProvider clock)
    {
        var configured = options.Value.SigningKeys.DefaultIfEmpty("");
        var keys = configured.Select((key, index) => KeyOf(StrongKey.Parse($"Jwt:SigningKeys:{index}", key))).ToList();
        _signing = new SigningCredentials(keys[0], SecurityAlgorithms.HmacSha256);
        _rules = new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            IssuerSigningKeys = keys,
            // Pinned: what the token's header says about its algorithm is the client's word.
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (_, expires, _, _) => expires > clock.GetUtcNow().UtcDateTime,
        };
    }

    public string Issue(Session session) => _handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Audience,
        Expires = session.ExpiresAt.UtcDateTime,
        Claims =
            new Dictionary<string, object> { [JwtRegisteredClaimNames.Sub] = session.UserId, [JwtRegisteredClaimNames.Jti] = session.Id },
        SigningCredentials = _signing,
    });

    /// <summary>
    /// Returns the id of the session that a token is of; null unless we signed the token and it has not expired. It says nothing about
    /// revocation.
    /// </summary>
    public async Task<string?> ReadAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _rules);
        return result.IsValid ? (result.SecurityToken as JsonWebToken)?.Id : null;
    }

    private static SymmetricSecurityKey KeyOf(byte[] key) =>
        new(key) { KeyId = Base64UrlEncoder.Encode(HMACSHA256.HashData(key, "key id"u8.ToArray()).AsSpan(0, 6).ToArray()) };
}
