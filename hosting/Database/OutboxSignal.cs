using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>Wakes the relay of a database's outbox.</summary>
/// <typeparam name="TContext">The database.</typeparam>
public sealed class OutboxSignal<TContext> : WakeSignal
    where TContext : DbContext;
