namespace InstaMessenger.Tests.Store;

/// <summary>One store for the tests of a class, which keep apart by their own users and accounts.</summary>
public sealed class StoreFixture : IAsyncLifetime
{
    private int _instagramAccounts = 178_000;

    internal StoreOverHttp Store { get; private set; } = null!;

    /// <summary>The admin's session token.</summary>
    internal string Admin { get; private set; } = "";

    /// <summary>An Instagram account id that no other test uses.</summary>
    internal string NewInstagramId() => Interlocked.Increment(ref _instagramAccounts).ToString();

    public async ValueTask InitializeAsync()
    {
        // So that a test can come from an address of its own.
        Store = await StoreOverHttp.StartAsync(null, ("ForwardedHeaders:KnownProxies", "127.0.0.1"));
        Admin = await Store.SignInAsync();
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
