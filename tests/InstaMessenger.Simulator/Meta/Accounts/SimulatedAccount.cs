namespace InstaMessenger.Simulator.Meta.Accounts;

/// <summary>A professional account at the simulated Meta.</summary>
/// <param name="Id">The professional account id: webhook <c>entry.id</c> and <c>/me?fields=user_id</c>.</param>
/// <param name="AccessToken">Its first valid token; more are added with <see cref="AccountBook.SetToken"/>.</param>
public sealed record SimulatedAccount(string Id, string AccessToken)
{
    /// <summary>Which login made the token.</summary>
    public GraphHost Login { get; init; } = GraphHost.Instagram;

    /// <summary>Shown in profiles and conversations.</summary>
    public string Username { get; init; } = "demo_shop";

    /// <summary>The app-scoped id (<c>/me?fields=id</c>), which matches no webhook; null for the same as <see cref="Id"/>.</summary>
    public string? AppScopedId { get; init; }

    /// <summary>The linked Facebook Page, which send paths name with Facebook Login.</summary>
    public string? PageId { get; init; }

    /// <summary>Whether it is a personal account, which no app may answer for: Meta names no professional account then.</summary>
    public bool IsPersonal { get; init; }

    internal bool IsCalled(string id) => id == Id || id == AppScopedId || id == PageId;
}
