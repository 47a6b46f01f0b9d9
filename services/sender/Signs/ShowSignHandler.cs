using InstaMessenger.Contracts;
using InstaMessenger.Contracts.Commands;
using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Sender.Data;

namespace InstaMessenger.Sender.Signs;

/// <summary>Takes signs. They are kept in memory alone: one that is lost with its process is nothing that anybody waits for.</summary>
internal sealed class ShowSignHandler(WaitingSigns signs) : IMessageHandler<SenderDbContext, ShowSign>
{
    public Task HandleAsync(WorkScope<SenderDbContext> scope, IReadOnlyList<BusItem<ShowSign>> items)
    {
        scope.AfterCommit(() =>
        {
            foreach (var item in items) signs.Add(item.Body);
        });
        return Task.CompletedTask;
    }
}
