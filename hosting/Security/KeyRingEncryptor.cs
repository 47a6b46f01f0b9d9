using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Hosting.Security;

/// <summary>
/// Encrypts the key ring's files with the master key (AES-256-GCM). Without it Data Protection writes its keys to a Linux disk in the
/// clear.
/// </summary>
internal sealed class KeyRingEncryptor(MasterKey masterKey) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var cipher = new byte[plain.Length];
        var tag = new byte[AesGcm.TagByteSizes.MaxSize];
        using var aes = KeyRingCipher.Create(masterKey);
        aes.Encrypt(nonce, plain, cipher, tag);
        var element = new XElement("encryptedKey", Convert.ToBase64String([.. nonce, .. tag, .. cipher]));
        return new EncryptedXmlInfo(element, typeof(KeyRingDecryptor));
    }
}

/// <summary>The other half; Data Protection makes it by the type name in the file.</summary>
internal sealed class KeyRingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var bytes = Convert.FromBase64String(encryptedElement.Value).AsSpan();
        var (nonceSize, tagSize) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        var plain = new byte[bytes.Length - nonceSize - tagSize];
        using var aes = KeyRingCipher.Create(services.GetRequiredService<MasterKey>());
        aes.Decrypt(bytes[..nonceSize], bytes[(nonceSize + tagSize)..], bytes.Slice(nonceSize, tagSize), plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}

internal static class KeyRingCipher
{
    public static AesGcm Create(MasterKey masterKey) =>
        new(
            HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey.Bytes, 32, info: "InstaMessenger key ring v1"u8.ToArray()),
            AesGcm.TagByteSizes.MaxSize);
}
