using Microsoft.EntityFrameworkCore;

namespace InstaMessenger.Hosting.Database;

/// <summary>One transaction, and hooks after it. The only way in which a service writes its database.</summary>
/// <typeparam name="TContext">The service's database.</typeparam>
public interface IUnitOfWork<TContext>
    where TContext : DbContext
{
    /// <summary>
    /// Runs <paramref name="work"/> in a transaction of its own, saves the changes, commits, then runs the hooks. On SQLite units are
    /// grouped into one commit; on MySQL they run in parallel, and one that meets another in the same rows is run again.
    /// </summary>
    /// <typeparam name="T">What the work gives back.</typeparam>
    /// <param name="work">
    /// May run more than once, so it changes nothing but its scope. It does no network call: on SQLite every other writer waits for it.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting for the turn.</param>
    /// <returns>What the work gave back, once it is durable.</returns>
    /// <exception cref="DatabaseUnavailableException">The database could not take it; nothing was kept, unless the exception says that
    /// nobody knows.</exception>
    Task<T> ExecuteAsync<T>(Func<WorkScope<TContext>, Task<T>> work, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ExecuteAsync{T}"/>
    Task ExecuteAsync(Func<WorkScope<TContext>, Task> work, CancellationToken cancellationToken = default) =>
        ExecuteAsync(
            async scope =>
            {
                await work(scope);
                return true;
            },
            cancellationToken);
}
