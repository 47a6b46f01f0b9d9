using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Proofs;

/// <summary>Takes questions about tokens.</summary>
internal sealed class ProveAccessHandler(WaitingProofs proofs) : IMessageHandler<SenderDbContext, ProveAccess>
{
    public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<ProveAccess>> items)
    {
        scope.AfterCommit(() =>
        {
            foreach (var item in items) proofs.Add(item.Body);
        });
        return Task.CompletedTask;
    }
}
