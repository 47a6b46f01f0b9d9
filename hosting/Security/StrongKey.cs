using System.Diagnostics.CodeAnalysis;

namespace InstaMessenger.Hosting.Security;

/// <summary>Reads keys from the configuration, and refuses weak ones at start with one clear sentence.</summary>
public static class StrongKey
{
    private const int LeastBytes = 32;

    /// <summary>Reads a key.</summary>
    /// <param name="setting">The setting's name, for the sentence.</param>
    /// <param name="base64">Its value.</param>
    /// <returns>The key, 32 bytes or more.</returns>
    /// <exception cref="InvalidOperationException">It is missing, not base64, too short, or plainly not random.</exception>
    public static byte[] Parse(string setting, [NotNull] string? base64)
    {
        var advice = $"Set {setting} to base64 of {LeastBytes} random bytes, for example: openssl rand -base64 {LeastBytes}";
        if (string.IsNullOrWhiteSpace(base64)) throw new InvalidOperationException($"{setting} is missing. {advice}");
        var key = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, key, out var length) || length < LeastBytes
            || key.AsSpan(0, length).ToArray().Distinct().Count() < 8)
            throw new InvalidOperationException($"{setting} is weak. {advice}");
        return key[..length];
    }
}
