using System.ComponentModel.DataAnnotations;
using InstaMessenger.Contracts;
using InstaMessenger.Hosting.Settings;

namespace InstaMessenger.Sender.Graph;

/// <summary>Where Meta's Graph API is: section <c>Instagram</c>.</summary>
public sealed class GraphOptions
{
    /// <summary>
    /// The version in every path. A version lives about two years; Meta serves calls to a dead one by the oldest that lives,
    /// with changed behaviour and without a word (meta-platform.md 6).
    /// </summary>
    [RegularExpression(@"^v\d+\.\d+$", ErrorMessage = "must look like v26.0.")]
    public string GraphVersion { get; set; } = "v26.0";

    /// <summary>
    /// Replaces every host of Meta's, also those of its login (tests, proxies); null for Meta's own, by the account's login type.
    /// </summary>
    [WebAddress]
    public Uri? GraphBaseUrl { get; set; }

    /// <summary>Where codes of Instagram Login are redeemed: a host of its own at Meta.</summary>
    internal Uri LoginBase => GraphBaseUrl ?? new Uri("https://api.instagram.com");

    internal Uri BaseOf(LoginType login) => GraphBaseUrl ?? login switch
    {
        LoginType.Facebook => new Uri("https://graph.facebook.com"),
        _ => new Uri("https://graph.instagram.com"),
    };
}
