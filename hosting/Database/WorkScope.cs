using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>What a unit of work may use: the database inside its transaction, the outbox, and hooks for after the commit.</summary>
/// <typeparam name="TContext">The service's database.</typeparam>
/// <param name="db">A context of this unit alone.</param>
/// <param name="outbox">Wakes the relay once the unit's messages are committed.</param>
/// <param name="clock">The time of the outbox rows.</param>
public sealed class WorkScope<TContext>(TContext db, OutboxSignal<TContext> outbox, TimeProvider clock)
    where TContext : DbContext
{
    private readonly List<Action> _hooks = [];
    private bool _publishes;

    /// <summary>The database, inside the transaction.</summary>
    public TContext Db => db;

    /// <summary>
    /// Writes a message into the outbox, in this transaction: it is published if and only if the transaction commits,
    /// however long the broker is away.
    /// </summary>
    /// <typeparam name="T">The message type; it has a place in <see cref="Bus.BusTopology"/>.</typeparam>
    /// <param name="traceParent">The trace it belongs to; null for the current one.</param>
    public void Publish<T>(T message, string? traceParent = null)
        where T : class
    {
        db.Set<OutboxMessage>().Add(OutboxMessage.Of(message, traceParent ?? Activity.Current?.Id, clock));
        if (_publishes) return;
        _publishes = true;
        AfterCommit(outbox.Wake);
    }

    /// <summary>
    /// Runs <paramref name="hook"/> once the transaction is committed, for what is not essential (waking a worker): a crash before it, or
    /// an exception in it, costs a delay and never data.
    /// </summary>
    /// <param name="hook">Short and without waiting: it runs between two transactions.</param>
    public void AfterCommit(Action hook) => _hooks.Add(hook);

    internal void RunHooks(Action<Exception> onError)
    {
        foreach (var hook in _hooks)
        {
            try
            {
                hook();
            }
            catch (Exception error)
            {
                onError(error);
            }
        }
    }
}
