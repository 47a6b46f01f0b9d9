using InstaMessenger.Hosting.Bus;
using InstaMessenger.Hosting.Database;
using InstaMessenger.Hosting.Idempotency;
using InstaMessenger.Hosting.Outbox;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace InstaMessenger.Hosting;

/// <summary>
/// The database of a service and what every service keeps in it: its outbox with the relay, its dead letters, and what it answered to
/// requests with a key.
/// </summary>
public static class ServiceDatabase
{
    /// <summary>
    /// MySQL (or MariaDB) when <c>ConnectionStrings:{name}</c> is set, else a SQLite file in <c>Data:Directory</c>. Registers
    /// <see cref="IUnitOfWork{TContext}"/> for writes, <see cref="IDbContextFactory{TContext}"/> for reads, the relay of the outbox, what
    /// replays dead letters, what forgets kept answers, the gauges of all, and the migrations at start.
    /// </summary>
    /// <typeparam name="TContext">The service's database.</typeparam>
    /// <typeparam name="TSqlite">It on SQLite; its one constructor takes <see cref="DbContextOptions"/>.</typeparam>
    /// <typeparam name="TMySql">It on MySQL; likewise.</typeparam>
    /// <param name="name">The name of the connection string, like <c>Store</c>; the file is <c>store.db</c>.</param>
    public static void AddDatabase<TContext, TSqlite, TMySql>(this IHostApplicationBuilder builder, string name)
        where TContext : ServiceDbContext
        where TSqlite : TContext
        where TMySql : TContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddRelay<OutboxSource<TContext>>();
        builder.AddContext<TContext, TSqlite, TMySql>(name);
        builder.AddDeadLetters<TContext>(DatabaseSetup.ShortName(name));
        builder.Services.AddWorker<KeptAnswerSweep<TContext>>();
        builder.Services.AddSingleton(provider => new DatabaseGauges<TContext>(
            DatabaseSetup.ShortName(name),
            provider.GetRequiredService<IDbContextFactory<TContext>>(),
            provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddWorker<DatabaseGauges<TContext>>();
    }
}
