using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Events;
using InstaMessenger.CrmForwarder.Data;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;

namespace InstaMessenger.CrmForwarder.Mirror;

/// <summary>
/// Hands what was asked for over to the worker of this process and keeps nothing: if the process dies, the page is asked for again. So the
/// CRM's database, however slow, holds up no queue, and there is no copy of messages that an erasure would have to find.
/// </summary>
internal sealed class TakeMirrorRead(MirrorSignal signal) : IMessageHandler<CrmForwarderDbContext, MirrorRead>
{
    private MirrorRead? _newest;

    public Task HandleAsync(WorkScope<CrmForwarderDbContext> scope, IReadOnlyList<BusItem<MirrorRead>> items)
    {
        Volatile.Write(ref _newest, items[^1].Body);
        scope.AfterCommit(signal.Wake);
        return Task.CompletedTask;
    }

    /// <summary>Takes what came last; null for nothing.</summary>
    public MirrorRead? Take() => Interlocked.Exchange(ref _newest, null);
}
