using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Hosting.Security;

namespace InstaMessenger.UiGateway.Edge;

/// <summary>Says who a request is counted for.</summary>
internal static class Client
{
    /// <summary>
    /// Returns the credential as the key of a table that lives in memory for a while: hashed, so that a dump of it opens nothing. Null for
    /// none.
    /// </summary>
    public static string? CredentialHash(HttpContext context) =>
        Credential.Of(context.Request) is { } credential
            ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(credential)))
            : null;
}
