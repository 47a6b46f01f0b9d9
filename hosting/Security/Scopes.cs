namespace InstaMessenger.Hosting.Security;

/// <summary>What a credential may be used for. A person's session has all of them; what an API key has is chosen when it is made.</summary>
[Flags]
public enum Scopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Looks: conversations, accounts, events, logs.</summary>
    Read = 1,

    /// <summary>Acts in the inbox: sends messages, marks threads as read.</summary>
    Send = 2,

    /// <summary>Changes how things are set up: accounts and their CRM addresses, keys, users, replays.</summary>
    Manage = 4,

    /// <summary>All of them.</summary>
    All = Read | Send | Manage,
}

/// <summary>Takes scopes apart.</summary>
public static class EachScope
{
    private static readonly Scopes[] Single = [Scopes.Read, Scopes.Send, Scopes.Manage];

    /// <summary>The scopes one by one.</summary>
    /// <param name="scopes">Any scopes.</param>
    /// <returns>Each that is in it.</returns>
    public static IEnumerable<Scopes> Each(this Scopes scopes) => Single.Where(scope => scopes.HasFlag(scope));
}
