using InstaMessenger.Hosting.Settings;
using Microsoft.Extensions.Options;

namespace InstaMessenger.Ingress.Webhooks;

/// <summary>The Meta apps whose webhooks are accepted: section <c>Instagram</c>. At least one.</summary>
internal sealed class InstagramOptions
{
    /// <summary>
    /// One entry for each secret: several apps at once, the Instagram and the Meta secret of one app (Meta signs with the one or the other,
    /// depending on the login type), or old and new secret while one is rotated.
    /// </summary>
    public IList<InstagramApp> Apps { get; } = [];
}

internal sealed class InstagramOptionsCheck : IValidateOptions<InstagramOptions>
{
    public ValidateOptionsResult Validate(string? name, InstagramOptions options)
    {
        if (options.Apps.Count == 0)
            return ValidateOptionsResult.Fail(
                "Instagram:Apps:0:AppId, AppSecret and VerifyToken are missing: without an app every webhook would be refused.");
        var errors = options.Apps.SelectMany((app, index) => ErrorsOf(app, $"Instagram:Apps:{index}")).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> ErrorsOf(InstagramApp app, string at)
    {
        if (string.IsNullOrWhiteSpace(app.AppId)) yield return $"{at}:AppId is empty.";
        if (string.IsNullOrWhiteSpace(app.AppSecret)) yield return $"{at}:AppSecret is empty: anybody could sign with it.";
        if (string.IsNullOrWhiteSpace(app.VerifyToken)) yield return $"{at}:VerifyToken is empty: any handshake would pass.";
        if (app.LoginType is not (null or "" or "instagram" or "facebook" or "none"))
            yield return $"{at}:LoginType must be instagram, facebook or none.";
    }
}
