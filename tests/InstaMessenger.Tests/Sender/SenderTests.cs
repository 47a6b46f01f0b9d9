namespace InstaMessenger.Tests.Sender;

/// <summary>The real sender before a Graph API of the test's.</summary>
public abstract class SenderTests : IAsyncLifetime
{
    private protected FakeGraph Graph { get; private set; } = null!;

    private protected SenderHost Host { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Graph = await FakeGraph.StartAsync();
        Host = await SenderHost.StartAsync(Graph.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Graph.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
