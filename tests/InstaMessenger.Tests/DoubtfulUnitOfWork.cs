using InstaMessenger.Hosting.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace InstaMessenger.Tests;

/// <summary>
/// What a database does that dies between a commit and its answer: the unit holds, its caller sees an error or runs it again.
/// </summary>
/// <typeparam name="TContext">The service's database.</typeparam>
internal sealed class DoubtfulUnitOfWork<TContext>(IUnitOfWork<TContext> inner) : IUnitOfWork<TContext>
    where TContext : DbContext
{
    private int _lostAnswers;
    private Predicate<TContext>? _loses;

    /// <summary>Every unit runs and commits twice, as if the answer to the first time had been lost.</summary>
    public bool RunsTwice { get; set; }

    /// <summary>How many of the next units are committed and end in an error.</summary>
    public int LostAnswers { set => _lostAnswers = value; }

    /// <summary>The first unit that leaves this behind is committed and ends in an error.</summary>
    public Predicate<TContext> Loses { set => _loses = value; }

    /// <summary>A unit that leaves this behind kills its connection, as a value does that is too large for a packet.</summary>
    public Func<TContext, CancellationToken, Task<bool>>? Breaks { get; set; }

    /// <summary>Puts it before the service's own.</summary>
    public static void Wrap(IServiceCollection services)
    {
        var own = services.Single(service => service.ServiceType == typeof(IUnitOfWork<TContext>));
        services.Remove(own);
        services.AddSingleton(
            provider => new DoubtfulUnitOfWork<TContext>((IUnitOfWork<TContext>)own.ImplementationFactory!(provider)));
        services.AddSingleton<IUnitOfWork<TContext>>(provider => provider.GetRequiredService<DoubtfulUnitOfWork<TContext>>());
    }

    public async Task<T> ExecuteAsync<T>(Func<WorkScope<TContext>, Task<T>> work, CancellationToken cancellationToken = default)
    {
        var isLost = false;
        var result = await inner.ExecuteAsync(
            async scope =>
            {
                var inside = await work(scope);
                if (Breaks is { } breaks && await breaks(scope.Db, cancellationToken))
                    throw new DatabaseUnavailableException("The connection broke.");
                if (_loses is { } loses && loses(scope.Db)) (isLost, _loses) = (true, null);
                return inside;
            },
            cancellationToken);
        if (RunsTwice) result = await inner.ExecuteAsync(work, cancellationToken);
        if (isLost || Interlocked.Decrement(ref _lostAnswers) >= 0)
            throw new DatabaseUnavailableException("Committed, and the answer was lost.");
        return result;
    }
}
