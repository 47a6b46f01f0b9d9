namespace InstaMessenger.Simulator.Meta.Accounts;

/// <summary>What Meta thinks of a token that it once issued.</summary>
public enum TokenState
{
    /// <summary>Accepted.</summary>
    Valid,

    /// <summary>Refused with 190/463.</summary>
    Expired,

    /// <summary>Refused with 190/458: the owner removed the app.</summary>
    Revoked,
}
