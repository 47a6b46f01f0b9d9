namespace InstaMessenger.Simulator.Meta.Accounts;

/// <summary>The two hosts, one per login type; a token of one is invalid at the other.</summary>
public enum GraphHost
{
    /// <summary><c>graph.instagram.com</c>; errors have the type <c>IGApiException</c>.</summary>
    Instagram,

    /// <summary><c>graph.facebook.com</c>; errors have the type <c>OAuthException</c>.</summary>
    Facebook,
}
