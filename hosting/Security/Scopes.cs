namespace InstaMessenger.Hosting.Security;

/// <summary>What a credential may be used for. A person's session has all of them; what an API key has is chosen when it is made.</summary>
[Flags]
public enum Scopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reading: conversations, accounts, events, logs.</summary>
    Read = 1,

    /// <summary>Acting in the inbox: sending messages, marking threads as read.</summary>
    Send = 2,

    /// <summary>Changing how things are set up: accounts and their CRM addresses, keys, users, replays.</summary>
    Manage = 4,

    /// <summary>All of them.</summary>
    All = Read | Send | Manage,
}

/// <summary>Splits scopes into single ones.</summary>
public static class EachScope
{
    private static readonly Scopes[] Single = [Scopes.Read, Scopes.Send, Scopes.Manage];

    /// <summary>Returns the scopes one by one.</summary>
    /// <param name="scopes">Any scopes.</param>
    /// <returns>Each single scope that is set.</returns>
    public static IEnumerable<Scopes> Each(this Scopes scopes) => Single.Where(scope => scopes.HasFlag(scope));
}
