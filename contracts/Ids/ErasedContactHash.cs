using System.Security.Cryptography;
using System.Text;

namespace InstaMessenger.Contracts.Ids;

/// <summary>Knows a contact again of whom nothing may be kept.</summary>
public static class ErasedContactHash
{
    /// <summary>SHA-256 of account and contact.</summary>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(AccountId account, InstagramUserId contact) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{account.Value}\n{contact.Value}")));
}
