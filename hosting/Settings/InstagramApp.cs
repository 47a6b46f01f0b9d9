namespace InstaMessenger.Hosting.Settings;

/// <summary>One entry of <c>Instagram:Apps</c>. Ingress checks them; the store and the sender connect accounts with them.</summary>
public sealed class InstagramApp
{
    /// <summary>The app's id in Meta's dashboard; with Instagram Login the Instagram app id.</summary>
    public string AppId { get; set; } = "";

    /// <summary>The secret that Meta signs this app's webhooks with, and that codes are redeemed with. Required.</summary>
    public string AppSecret { get; set; } = "";

    /// <summary>The word agreed with Meta's dashboard for the handshake. Required.</summary>
    public string VerifyToken { get; set; } = "";

    /// <summary>
    /// The login that accounts are connected with by this app: <c>instagram</c>, <c>facebook</c>, <c>none</c> for one whose webhooks are
    /// taken and no more; default both.
    /// </summary>
    public string? LoginType { get; set; }

    /// <summary>The configuration of Facebook Login for Business; null for the permissions one by one.</summary>
    public string? ConfigId { get; set; }

    /// <summary>Whether accounts are connected with this login by the app.</summary>
    /// <param name="login"><c>instagram</c> or <c>facebook</c>.</param>
    /// <returns>True also for an app that names no login.</returns>
    public bool Offers(string login) => AppId.Length > 0 && (string.IsNullOrEmpty(LoginType) || LoginType == login);
}

/// <summary>The Meta apps by which accounts can be connected: section <c>Instagram</c>.</summary>
public sealed class InstagramApps
{
    /// <summary>Every configured app, those first that are preferred.</summary>
    public IList<InstagramApp> Apps { get; } = [];
}
