using InstaMessenger.Hosting.Settings;
using InstaMessenger.Hosting.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace InstaMessenger.Hosting.Database;

/// <summary>Chooses SQLite or MySQL for a service's database.</summary>
internal static class DatabaseSetup
{
    internal const int SqliteBusySeconds = 5;

    /// <summary>Contexts for reading that are kept for the next read; what is read at once beyond that has one of its own.</summary>
    private const int KeptContexts = 64;

    /// <summary>
    /// MySQL (or MariaDB) when <c>ConnectionStrings:{name}</c> is set, else a SQLite file in <c>Data:Directory</c>. Registers
    /// <see cref="IUnitOfWork{TContext}"/> for writes, <see cref="IDbContextFactory{TContext}"/> for reads, and the migrations at start.
    /// </summary>
    public static void AddContext<TContext, TSqlite, TMySql>(this IHostApplicationBuilder builder, string name)
        where TContext : ServiceDbContext
        where TSqlite : TContext
        where TMySql : TContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddSharedSignal<OutboxSignal<TContext>>();
        services.AddHostedService<DatabaseStarter<TContext>>();
        services.AddSingleton<Leases<TContext>>();
        services.AddSingleton<OldRows<TContext>>();

        var connectionString = builder.Configuration.GetConnectionString(name);
        if (string.IsNullOrWhiteSpace(connectionString))
            AddSqlite<TContext, TSqlite>(services, DataDirectory.File(builder.Configuration, ShortName(name) + ".db"));
        else AddMySql<TContext, TMySql>(services, ShortName(name), $"ConnectionStrings:{name}", connectionString);
    }

    /// <summary>Checks a connection string. An error does not quote the value, which holds a password.</summary>
    private static string Checked(string setting, string connectionString)
    {
        try
        {
            if (new MySqlConnectionStringBuilder(connectionString) is { Server.Length: > 0, Database.Length: > 0 }) return connectionString;
        }
        catch (ArgumentException)
        {
            // Told below.
        }

        throw new SettingException(
            $"{setting} must name a MySQL or MariaDB database, like Server=host;Database=name;User ID=user;Password=password.");
    }

    /// <summary>The database's name in files and in health, like <c>crm-forwarder</c>.</summary>
    public static string ShortName(string name) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    /// <summary>Names a worker of one of several databases in the process, like <c>store.dead-letter-replay</c>.</summary>
    public static string WorkerName<TContext>(string worker)
        where TContext : ServiceDbContext =>
        ShortName(typeof(TContext).Name.Replace("DbContext", "", StringComparison.Ordinal)) + "." + worker;

    private static void AddSqlite<TContext, TSqlite>(IServiceCollection services, string path)
        where TContext : ServiceDbContext
        where TSqlite : TContext
    {
        var connectionString = SqliteSettings.ConnectionString(path, SqliteBusySeconds);
        services.AddSingleton(new DatabaseFile<TContext>(path));
        services.AddSingleton<IDbContextFactory<TContext>>(provider => new ContextsForReading<TContext, TSqlite>(
            () => SqliteOptions<TSqlite>(provider.GetRequiredService<ILoggerFactory>()).UseSqlite(connectionString)));
        services.AddSingleton<IUnitOfWork<TContext>>(provider =>
        {
            // Resolved now: the writer may make its first context when the container is being disposed and the last units are committed.
            var loggers = provider.GetRequiredService<ILoggerFactory>();
            var create = Maker<TSqlite>(provider);
            return new SqliteUnitOfWork<TContext>(
                new GroupCommitWriter(connectionString),
                connection =>
                {
                    var db = create(SqliteOptions<TSqlite>(loggers).UseSqlite(connection).Options);
                    // The writer's transaction is open already.
                    db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
                    return db;
                },
                provider.GetRequiredService<OutboxSignal<TContext>>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SqliteUnitOfWork<TContext>>>());
        });
    }

    private static void AddMySql<TContext, TMySql>(IServiceCollection services, string name, string setting, string connectionString)
        where TContext : ServiceDbContext
        where TMySql : TContext
    {
        // The first two as Pomelo wants them; utf8mb4 keeps every character of a text.
        var settings = new MySqlConnectionStringBuilder(Checked(setting, connectionString))
        {
            AllowUserVariables = true, UseAffectedRows = false, CharacterSet = "utf8mb4",
        }.ConnectionString;
        services.AddSingleton(new DatabaseFile<TContext>(null));
        services.AddSingleton(provider => new DatabaseWatch<TContext>(
            name, settings, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DatabaseWatch<TContext>>>()));
        services.AddWorker<DatabaseWatch<TContext>>();
        services.AddHealthChecks().Add(
            new HealthCheckRegistration(
                name + ".database",
                provider => provider.GetRequiredService<DatabaseWatch<TContext>>().Server,
                HealthStatus.Degraded,
                tags: null));
        services.AddSingleton(
            provider => new MySqlServer<TContext>(setting, settings, provider.GetRequiredService<ILogger<MySqlServer<TContext>>>()));
        services.AddSingleton<IDbContextFactory<TContext>>(provider =>
        {
            // The server's version is read at first use: by then the start has waited until the server answers.
            var server = provider.GetRequiredService<MySqlServer<TContext>>();
            return new ContextsForReading<TContext, TMySql>(
                () => Options<TMySql>(provider.GetRequiredService<ILoggerFactory>()).UseMySql(settings, server.Version));
        });
        services.AddSingleton<IUnitOfWork<TContext>>(provider =>
        {
            var server = provider.GetRequiredService<MySqlServer<TContext>>();
            var options = new Lazy<DbContextOptions>(
                () => Options<TMySql>(provider.GetRequiredService<ILoggerFactory>()).UseMySql(server.Version)
                    .AddInterceptors(ConnectionOfUnit.Instance, RowLocksInterceptor.Instance).Options,
                LazyThreadSafetyMode.PublicationOnly);
            var create = Maker<TMySql>(provider);
            return new MySqlUnitOfWork<TContext>(
                () => new MySqlConnection(settings),
                connection =>
                {
                    var db = create(options.Value);
                    db.Database.SetDbConnection(connection);
                    // The unit's transaction is open already.
                    db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
                    return db;
                },
                provider.GetRequiredService<OutboxSignal<TContext>>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<MySqlUnitOfWork<TContext>>>());
        });
    }

    /// <summary>The same for reads and writes, or EF would make two models.</summary>
    private static DbContextOptionsBuilder<TContext> SqliteOptions<TContext>(ILoggerFactory loggers)
        where TContext : DbContext =>
        Options<TContext>(loggers).ReplaceService<IMigrationsSqlGenerator, SqliteMigrations>();

    private static DbContextOptionsBuilder<TContext> Options<TContext>(ILoggerFactory loggers)
        where TContext : DbContext =>
        // Failures are logged where they are judged (many are expected and retried); EF's own lines would carry SQL.
        (DbContextOptionsBuilder<TContext>)new DbContextOptionsBuilder<TContext>()
            .UseLoggerFactory(loggers)
            // What is not part of a migration's transaction may be left half done by a kill, and then nothing starts any more.
            .ConfigureWarnings(w => w.Throw(RelationalEventId.NonTransactionalMigrationOperationWarning))
            .ConfigureWarnings(w => w.Ignore(
                CoreEventId.SaveChangesFailed,
                CoreEventId.QueryIterationFailed,
                RelationalEventId.CommandError,
                // The tests compare each model with its migrations; EF would do so again at each start that migrates.
                RelationalEventId.PendingModelChangesWarning));

    private static Func<DbContextOptions, TProvider> Maker<TProvider>(IServiceProvider provider)
        where TProvider : DbContext
    {
        var make = ActivatorUtilities.CreateFactory<TProvider>([typeof(DbContextOptions)]);
        return options => make(provider, [options]);
    }

    /// <summary>
    /// Contexts that track nothing and are used again: to make one takes EF as long as a small query, and an idle process makes twenty a
    /// second.
    /// </summary>
    private sealed class ContextsForReading<TContext, TProvider>(Func<DbContextOptionsBuilder> options) : IDbContextFactory<TContext>
        where TContext : DbContext
        where TProvider : TContext
    {
        private readonly Lazy<PooledDbContextFactory<TProvider>> _kept = new(
            () => new PooledDbContextFactory<TProvider>(
                (DbContextOptions<TProvider>)options().UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options, KeptContexts),
            LazyThreadSafetyMode.PublicationOnly);

        public TContext CreateDbContext() => _kept.Value.CreateDbContext();
    }
}
