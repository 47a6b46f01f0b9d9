using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Proofs;

/// <summary>Takes questions about tokens, and codes that are to be redeemed.</summary>
internal sealed class ProveAccessHandler(WaitingProofs proofs)
    : IMessageHandler<SenderDbContext, ProveAccess>, IMessageHandler<SenderDbContext, RedeemCode>
{
    public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<ProveAccess>> items) => AddAsync(scope, items);

    public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<RedeemCode>> items) => AddAsync(scope, items);

    private Task AddAsync<T>(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<T>> items)
        where T : class
    {
        scope.AfterCommit(() =>
        {
            foreach (var item in items) proofs.Add(item.Body);
        });
        return Task.CompletedTask;
    }
}
