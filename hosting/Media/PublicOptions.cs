using System.ComponentModel.DataAnnotations;
using InstaMessenger.Hosting.Settings;

namespace InstaMessenger.Hosting.Media;

/// <summary>How the public door is called from outside: section <c>Public</c>.</summary>
public sealed class PublicOptions : IValidatableObject
{
    /// <summary>
    /// The address of the public door as Meta sees it, like <c>https://inbox.example.com</c>; default none, and then no upload can be sent.
    /// </summary>
    [WebAddress]
    public Uri? BaseUrl { get; set; }

    /// <summary>
    /// Whether an upload is sent only while the address answers from here; default true. For networks whose machines cannot reach their own
    /// public address.
    /// </summary>
    public bool CheckFromHere { get; set; } = true;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BaseUrl is { } url && (url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0))
            yield return new("must be an address like https://example.com, without a query or a password.", ["BaseUrl"]);
    }
}
