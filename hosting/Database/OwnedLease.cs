using InstaMessenger.Hosting.Workers;

namespace InstaMessenger.Hosting.Database;

/// <summary>The lease of a process that no second one can run beside.</summary>
/// <param name="name">What is leased.</param>
internal sealed class OwnedLease(string name) : ILease
{
    public string Name => name;

    public bool IsHeld => true;

    public long Token => 0;

    public Task<bool> IsElsewhereAsync(CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> TryTakeAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public Task ReleaseAsync() => Task.CompletedTask;
}
