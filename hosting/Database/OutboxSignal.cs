using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>Wakes the relay of a database's outbox, in whichever process it runs.</summary>
/// <typeparam name="TContext">The database.</typeparam>
public sealed class OutboxSignal<TContext>() : SharedSignal(typeof(TContext).Name + ".outbox")
    where TContext : DbContext;
