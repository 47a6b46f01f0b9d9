namespace InstaMessenger.Contracts;

/// <summary>Which of Meta's two logins made an account's token. Never mix them: each Graph host refuses the other's tokens.</summary>
public enum LoginType
{
    /// <summary>Instagram API with Instagram Login: <c>graph.instagram.com</c>, Instagram user token.</summary>
    Instagram,

    /// <summary>Messenger Platform with Facebook Login: <c>graph.facebook.com</c>, Page token.</summary>
    Facebook,
}
