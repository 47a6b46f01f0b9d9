using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace InstaMessenger.Hosting.Database;

/// <summary>Makes the leases of a service's workers.</summary>
/// <typeparam name="TContext">The service's database.</typeparam>
public sealed class Leases<TContext> : IDisposable
    where TContext : ServiceDbContext
{
    private readonly IDbContextFactory<TContext> _factory;
    private readonly DatabaseFile<TContext> _file;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private readonly HeldLeases _held;
    private readonly LeaseRenewals _renewals;

    /// <summary>Called by the container.</summary>
    /// <param name="factory">Reaches the table.</param>
    /// <param name="file">Says whether the database is a file of this process alone.</param>
    /// <param name="clock">Measures how long a lease is held.</param>
    /// <param name="loggers">Log each time that a lease is taken.</param>
    public Leases(IDbContextFactory<TContext> factory, DatabaseFile<TContext> file, TimeProvider clock, ILoggerFactory loggers) =>
        (_factory, _file, _clock, _loggers, _held, _renewals) = (
            factory,
            file,
            clock,
            loggers,
            new HeldLeases(factory.CreateDbContext, clock),
            new LeaseRenewals(factory.CreateDbContext, clock, loggers.CreateLogger<LeaseRenewals>()));

    /// <summary>Whether a second process may run beside this one: on MySQL, never on SQLite.</summary>
    public bool AreShared => _file.Path is null;

    /// <summary>Makes a lease of this name. On SQLite the process owns the file, and so every lease for as long as it lives.</summary>
    /// <param name="name">At most 100 characters, like <c>store.events</c>.</param>
    /// <returns>The lease, not taken yet.</returns>
    public ILease Of(string name) =>
        AreShared
            ? new SharedLease(name, _factory.CreateDbContext, _held, _renewals, _clock, _loggers.CreateLogger<SharedLease>())
            : new OwnedLease(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        _renewals.Dispose();
        _held.Dispose();
    }
}
