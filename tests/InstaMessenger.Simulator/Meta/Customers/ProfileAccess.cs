namespace InstaMessenger.Simulator.Meta.Customers;

/// <summary>What Meta answers when it is asked who a customer is.</summary>
public enum ProfileAccess
{
    /// <summary>Their profile.</summary>
    Open,

    /// <summary>Code 230: they have not agreed.</summary>
    NoConsent,

    /// <summary>Code 100/33: they are gone, or have blocked the account.</summary>
    Missing,
}
