using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace InstaMessenger.Contracts.Ids;

/// <summary>
/// The name of a file in the media storage: <c>med_</c> and 32 random digits. Nothing from outside is part of it, and nobody can guess one.
/// </summary>
[JsonConverter(typeof(StringIdJsonConverter<MediaFile>))]
public readonly record struct MediaFile : IStringId<MediaFile>
{
    private const string Prefix = "med_";
    private const int Digits = 32;

    private readonly string? _value;

    private MediaFile(string value) => _value = value;

    /// <inheritdoc/>
    public string Value => IdForm.Checked(_value, nameof(MediaFile));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, out MediaFile id)
    {
        var valid = IdForm.IsPrefixed(text, Prefix) && text.Length == Prefix.Length + Digits;
        id = valid ? new MediaFile(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="IStringId{TSelf}.Parse"/>
    public static MediaFile Parse(string text) => IStringId<MediaFile>.Parse(text);

    /// <summary>Makes a new name, of 128 random bits.</summary>
    /// <returns>The name.</returns>
    public static MediaFile New() => new(Prefix + RandomNumberGenerator.GetHexString(Digits, lowercase: true));

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
