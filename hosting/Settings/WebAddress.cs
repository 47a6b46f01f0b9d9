using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace InstaMessenger.Hosting.Settings;

/// <summary>A setting that must be an absolute http or https address when it is set.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WebAddressAttribute : ValidationAttribute
{
    /// <summary>Makes the rule.</summary>
    public WebAddressAttribute()
        : base("must be an address like https://example.com.")
    {
    }

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || (value is Uri uri && Is(uri));

    /// <summary>Whether an address can be called by http.</summary>
    /// <param name="uri">Any address.</param>
    /// <returns>True when it is absolute, http or https, and names a host.</returns>
    public static bool Is([NotNullWhen(true)] Uri? uri) =>
        uri is { IsAbsoluteUri: true, Host.Length: > 0 } && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
