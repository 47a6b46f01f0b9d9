using System.Collections.Concurrent;
using System.Security.Cryptography;
using InstaMessenger.Simulator.Meta.Accounts;

namespace InstaMessenger.Simulator.Meta.Login;

/// <summary>What somebody allowed on a login page.</summary>
/// <param name="Account">Whose owner they are; empty for somebody who shared nothing.</param>
/// <param name="AppId">The app that asked.</param>
/// <param name="RedirectUri">Where they were sent back to.</param>
/// <param name="Host">Which login.</param>
/// <param name="WithoutMessages">Whether they did not allow to manage messages.</param>
internal sealed record LoginGrant(string Account, string AppId, string RedirectUri, GraphHost Host, bool WithoutMessages);

/// <summary>Codes and short-lived tokens: each code can be redeemed once.</summary>
internal sealed class LoginBook
{
    private readonly ConcurrentDictionary<string, LoginGrant> _codes = new();
    private readonly ConcurrentDictionary<string, LoginGrant> _tokens = new();

    public string Issue(LoginGrant login)
    {
        var code = "AQ" + RandomNumberGenerator.GetHexString(40);
        _codes[code] = login;
        return code;
    }

    public LoginGrant? Redeem(string code) => _codes.TryRemove(code, out var login) ? login : null;

    public string Token(LoginGrant login)
    {
        var token = (login.Host == GraphHost.Facebook ? "EAA" : "IGAA") + "s" + RandomNumberGenerator.GetHexString(40);
        _tokens[token] = login;
        return token;
    }

    public LoginGrant? OfToken(string token) => _tokens.GetValueOrDefault(token);
}
