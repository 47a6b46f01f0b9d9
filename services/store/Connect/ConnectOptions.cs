using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Settings;

namespace InstaMessenger.Store.Connect;

/// <summary>Where Meta's login page is, and which apps it is shown for: section <c>Instagram</c>.</summary>
public sealed class ConnectOptions
{
    /// <summary>Every configured app, those first that are preferred.</summary>
    public IList<InstagramApp> Apps { get; } = [];

    /// <summary>Replaces every host of Meta's (tests, proxies); null for Meta's own.</summary>
    [WebAddress]
    public Uri? GraphBaseUrl { get; set; }

    /// <summary>
    /// Replaces the host of Meta's login page alone, which browsers open: they may know another address than this process does. Null for
    /// <see cref="GraphBaseUrl"/>.
    /// </summary>
    [WebAddress]
    public Uri? AuthorizeBaseUrl { get; set; }

    /// <summary>The version in Facebook's address.</summary>
    public string GraphVersion { get; set; } = "v26.0";

    internal InstagramApp? Find(LoginType login, string? appId) => Apps.FirstOrDefault(
        app => (appId is null || app.AppId == appId) && app.Offers(login == LoginType.Facebook ? "facebook" : "instagram"));

    /// <summary>The page on which the owner of an account says yes (meta-platform.md 5.3).</summary>
    internal Uri AuthorizeUrl(LoginType login, InstagramApp app, string redirectUri, string state)
    {
        var (host, path, scope) = login == LoginType.Facebook
            ? ("https://www.facebook.com", $"/{GraphVersion}/dialog/oauth", "instagram_basic,instagram_manage_messages,"
                + "pages_manage_metadata,pages_show_list,pages_read_engagement,business_management")
            : ("https://www.instagram.com", "/oauth/authorize", "instagram_business_basic,instagram_business_manage_messages,"
                + "instagram_business_manage_comments");
        var query = new List<(string, string)>
        {
            ("client_id", app.AppId), ("redirect_uri", redirectUri), ("response_type", "code"), ("state", state),
        };
        // A configuration of Facebook Login for Business has its permissions in itself.
        query.Add(login == LoginType.Facebook && !string.IsNullOrEmpty(app.ConfigId) ? ("config_id", app.ConfigId) : ("scope", scope));
        var text = string.Join('&', query.Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2)}"));
        return new Uri(AuthorizeBaseUrl ?? GraphBaseUrl ?? new Uri(host), $"{path}?{text}");
    }
}
