using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using InstaMessenger.Contracts.Ids;
using InstaMessenger.Hosting.Security;
using InstaMessenger.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Hosting.Media;

/// <summary>
/// Addresses under <c>Public:BaseUrl</c> at which whoever has one fetches one file for a while: made for Meta, which has no credential of
/// ours. A signature shows who made it; its key follows from <c>Secrets:MasterKey</c>, so every process can make and check one.
/// </summary>
public sealed class PublicAddress
{
    /// <summary>The path of all of them.</summary>
    public const string Path = "/media/outbound";

    private readonly byte[] _key;
    private readonly string? _base;

    internal PublicAddress(MasterKey key, PublicOptions options)
    {
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, 32, info: Encoding.UTF8.GetBytes("public media"));
        _base = options.BaseUrl?.ToString().TrimEnd('/');
    }

    /// <summary>Whether <c>Public:BaseUrl</c> is set. Without it there are no addresses.</summary>
    public bool IsSet => _base is not null;

    /// <summary>Makes the address of a file.</summary>
    /// <param name="account">Whose file it is.</param>
    /// <param name="extension">The extension of its type, without a dot.</param>
    /// <param name="until">When the address ends (UTC).</param>
    /// <returns>The address; null when <see cref="IsSet"/> is false.</returns>
    public string? Of(AccountId account, MediaFile file, string extension, DateTimeOffset until)
    {
        var name = $"{file}.{extension}";
        var expires = until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return _base is null ? null : $"{_base}{Path}/{account}/{name}?expires={expires}&signature={Sign(account, name, expires)}";
    }

    /// <summary>Whether an address is one that was made here. Whether its time is over is another question.</summary>
    /// <param name="account">The account in its path.</param>
    /// <param name="name">The file's name in its path.</param>
    /// <param name="expires">Its <c>expires</c>, in seconds since 1970.</param>
    /// <param name="signature">Its <c>signature</c>.</param>
    /// <returns>False for one that was made up or changed.</returns>
    public bool IsOurs(AccountId account, string name, long expires, string signature) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(signature),
        Encoding.UTF8.GetBytes(Sign(account, name, expires.ToString(CultureInfo.InvariantCulture))));

    /// <summary>The address that answers a challenge with its <see cref="Proof"/>, if it leads here.</summary>
    /// <param name="challenge">Letters and digits that were never used before.</param>
    /// <returns>The address; null when <see cref="IsSet"/> is false.</returns>
    public Uri? Trial(string challenge) => _base is null ? null : new Uri($"{_base}{Path}/trial?challenge={challenge}");

    /// <summary>What only an installation with this master key answers to a challenge.</summary>
    /// <param name="challenge">Any text.</param>
    /// <returns>Letters, digits, <c>-</c> and <c>_</c>.</returns>
    public string Proof(string challenge) => Sign($"trial\n{challenge}");

    private string Sign(AccountId account, string name, string expires) => Sign($"file\n{account}\n{name}\n{expires}");

    private string Sign(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
}

/// <summary>Registers the public addresses.</summary>
public static class PublicAddressSetup
{
    /// <summary>Registers one <see cref="PublicAddress"/>; it needs <see cref="SecretsSetup.AddSecrets"/>. Again changes nothing.</summary>
    public static void AddPublicAddress(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(PublicAddress))) return;
        builder.Services.AddSection<PublicOptions>("Public");
        builder.Services.AddSingleton(provider => new PublicAddress(
            provider.GetRequiredService<MasterKey>(), provider.GetRequiredService<IOptions<PublicOptions>>().Value));
    }
}
